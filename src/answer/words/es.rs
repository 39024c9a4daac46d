//! Spanish, with “usted”.

use super::{Message, Words};

pub(super) const WORDS: Words = Words {
    tag: "es",
    direction: "ltr",
    sign_in: "Iniciar sesión",
    try_again: "Reintentar",
    contact_support: "Contactar con soporte",
    reference: "Referencia",
    code: "Código",
    credentials_missing: Message {
        heading: "Inicie sesión",
        detail: "Esta dirección es solo para personas que han iniciado sesión.",
        advice: "Inicie sesión y vuelva a abrir la dirección.",
    },
    credentials_malformed: Message {
        heading: "No se pudo leer su sesión",
        detail: "Los datos de sesión que llegaron con la solicitud no se pueden leer.",
        advice: "Vuelva a iniciar sesión. Si eso no ayuda, la aplicación que utiliza tiene un error.",
    },
    credentials_ambiguous: Message {
        heading: "Hay más de una sesión iniciada",
        detail: "La solicitud llegó con más de una sesión, y solo puede contar una.",
        advice: "Cierre la sesión, cierre esta ventana y vuelva a iniciar sesión.",
    },
    token_expired: Message {
        heading: "Su sesión ha caducado",
        detail: "Una sesión solo dura un tiempo limitado, y ese tiempo ha terminado.",
        advice: "Vuelva a iniciar sesión para continuar donde estaba.",
    },
    token_not_yet_valid: Message {
        heading: "Su sesión aún no es válida",
        detail: "Todavía no ha llegado el momento a partir del cual su sesión es válida.",
        advice: "Espere un momento e inténtelo de nuevo. Si eso no ayuda, compruebe la fecha y la hora de su dispositivo.",
    },
    token_invalid: Message {
        heading: "Vuelva a iniciar sesión",
        detail: "Su sesión no fue aceptada.",
        advice: "Inicie sesión de nuevo y vuelva a abrir la dirección.",
    },
    scope_insufficient: Message {
        heading: "No tiene acceso",
        detail: "Ha iniciado sesión, pero su cuenta no puede abrir esta dirección.",
        advice: "Pida acceso a los responsables de este sitio o inicie sesión con otra cuenta.",
    },
    authentication_insufficient: Message {
        heading: "Inicie sesión una vez más",
        detail: "Esta dirección exige un inicio de sesión más reciente o más seguro.",
        advice: "Vuelva a iniciar sesión y facilite todo lo que se le pida.",
    },
    page_foreign: Message {
        heading: "Esta página no puede conectarse",
        detail: "Una página de otro sitio abre una conexión con su sesión en este.",
        advice: "Abra la dirección desde este sitio.",
    },
    url_ambiguous: Message {
        heading: "Esta dirección no se puede abrir",
        detail: "La dirección puede leerse de más de una manera.",
        advice: "Compruebe que la dirección no tenga errores de escritura, como una barra doble.",
    },
    host_unknown: Message {
        heading: "Este sitio no está aquí",
        detail: "En este servidor no hay ningún sitio con ese nombre.",
        advice: "Compruebe que la dirección no tenga errores de escritura.",
    },
    method_not_allowed: Message {
        heading: "Aquí no se puede hacer esto",
        detail: "Esta dirección no admite solicitudes de este tipo.",
        advice: "Vuelva atrás e inténtelo de otra manera.",
    },
    keys_unavailable: Message {
        heading: "Ahora mismo no se pueden comprobar las sesiones",
        detail: "Un servicio necesario para comprobar su sesión no responde.",
        advice: "No es culpa suya. Inténtelo de nuevo en un momento.",
    },
    misconfigured: Message {
        heading: "Este sitio aún no está listo",
        detail: "Algo en la configuración del sitio no es correcto.",
        advice: "No es culpa suya. Los responsables del sitio deben corregirlo; inténtelo más tarde.",
    },
    origin_unreachable: Message {
        heading: "El sitio no responde",
        detail: "No se puede llegar al servidor de esta dirección.",
        advice: "No es culpa suya. Inténtelo de nuevo en un momento.",
    },
};
