//! Portuguese, in words that Portugal and Brazil share.

use super::{Message, Words};

pub(super) const WORDS: Words = Words {
    tag: "pt",
    direction: "ltr",
    sign_in: "Iniciar sessão",
    try_again: "Tentar novamente",
    contact_support: "Falar com o suporte",
    reference: "Referência",
    code: "Código",
    credentials_missing: Message {
        heading: "Inicie a sessão",
        detail: "Este endereço é só para quem iniciou a sessão.",
        advice: "Inicie a sessão e abra o endereço novamente.",
    },
    credentials_malformed: Message {
        heading: "Não foi possível ler a sua sessão",
        detail: "Os dados de sessão que vieram com o pedido não podem ser lidos.",
        advice: "Inicie a sessão novamente. Se isso não ajudar, o programa utilizado tem um erro.",
    },
    credentials_ambiguous: Message {
        heading: "Há mais de uma sessão iniciada",
        detail: "O pedido veio com mais de uma sessão, e só uma pode valer.",
        advice: "Encerre a sessão, feche esta janela e inicie a sessão novamente.",
    },
    token_expired: Message {
        heading: "A sua sessão expirou",
        detail: "Uma sessão dura apenas um tempo limitado, e esse tempo terminou.",
        advice: "Inicie a sessão novamente para continuar de onde parou.",
    },
    token_not_yet_valid: Message {
        heading: "A sua sessão ainda não é válida",
        detail: "Ainda não chegou o momento a partir do qual a sua sessão é válida.",
        advice: "Aguarde um momento e tente novamente. Se isso não ajudar, verifique a data e a hora do seu dispositivo.",
    },
    token_invalid: Message {
        heading: "Inicie a sessão novamente",
        detail: "A sua sessão não é válida aqui.",
        advice: "Inicie a sessão mais uma vez e abra o endereço novamente.",
    },
    scope_insufficient: Message {
        heading: "Não há permissão de acesso",
        detail: "A sessão está iniciada, mas a sua conta não pode abrir este endereço.",
        advice: "Peça acesso aos responsáveis por este site ou inicie a sessão com outra conta.",
    },
    authentication_insufficient: Message {
        heading: "Inicie a sessão mais uma vez",
        detail: "Este endereço exige uma sessão mais recente ou mais segura.",
        advice: "Inicie a sessão novamente e forneça tudo o que for pedido.",
    },
    page_foreign: Message {
        heading: "Esta página não pode ligar-se",
        detail: "Uma página de outro site abre uma ligação com a sua sessão neste.",
        advice: "Abra o endereço a partir deste site.",
    },
    url_ambiguous: Message {
        heading: "Não é possível abrir este endereço",
        detail: "O endereço pode ser lido de mais de uma maneira.",
        advice: "Verifique se há erros de digitação no endereço, como uma barra dupla.",
    },
    host_unknown: Message {
        heading: "Este site não está aqui",
        detail: "Não há nenhum site com esse nome neste servidor.",
        advice: "Verifique se há erros de digitação no endereço.",
    },
    method_not_allowed: Message {
        heading: "Isto não pode ser feito aqui",
        detail: "Este endereço não aceita pedidos deste tipo.",
        advice: "Volte atrás e tente de outra forma.",
    },
    keys_unavailable: Message {
        heading: "Não é possível verificar sessões neste momento",
        detail: "Um serviço necessário para verificar a sua sessão não responde.",
        advice: "A culpa não é sua. Tente novamente daqui a pouco.",
    },
    misconfigured: Message {
        heading: "Este site ainda não está pronto",
        detail: "Algo na configuração do site não está certo.",
        advice: "A culpa não é sua. Os responsáveis pelo site precisam agir; tente novamente mais tarde.",
    },
    origin_unreachable: Message {
        heading: "O site não responde",
        detail: "O servidor deste endereço está inacessível.",
        advice: "A culpa não é sua. Tente novamente daqui a pouco.",
    },
};
