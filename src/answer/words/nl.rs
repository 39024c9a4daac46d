//! Dutch, with “u”.

use super::{Message, Words};

pub(super) const WORDS: Words = Words {
    tag: "nl",
    direction: "ltr",
    sign_in: "Inloggen",
    try_again: "Opnieuw proberen",
    contact_support: "Contact opnemen",
    reference: "Referentie",
    code: "Code",
    credentials_missing: Message {
        heading: "Log in om verder te gaan",
        detail: "Dit adres is alleen voor mensen die zijn ingelogd.",
        advice: "Log in en open het adres opnieuw.",
    },
    credentials_malformed: Message {
        heading: "Uw aanmelding is onleesbaar",
        detail: "De aanmelding die met het verzoek is meegestuurd, kan niet worden gelezen.",
        advice: "Log opnieuw in. Helpt dat niet, dan zit er een fout in de app die u gebruikt.",
    },
    credentials_ambiguous: Message {
        heading: "U bent meer dan één keer ingelogd",
        detail: "Met het verzoek is meer dan één aanmelding meegestuurd, en er kan er maar één gelden.",
        advice: "Log uit, sluit dit venster en log opnieuw in.",
    },
    token_expired: Message {
        heading: "Uw sessie is verlopen",
        detail: "Een aanmelding is maar een beperkte tijd geldig, en die tijd is voorbij.",
        advice: "Log opnieuw in om verder te gaan waar u was.",
    },
    token_not_yet_valid: Message {
        heading: "Uw aanmelding is nog niet geldig",
        detail: "Het tijdstip waarop uw aanmelding geldig wordt, is nog niet bereikt.",
        advice: "Wacht even en probeer het opnieuw. Helpt dat niet, controleer dan de datum en tijd van uw apparaat.",
    },
    token_invalid: Message {
        heading: "Log opnieuw in",
        detail: "Uw aanmelding is niet geaccepteerd.",
        advice: "Log nog een keer in en open het adres opnieuw.",
    },
    scope_insufficient: Message {
        heading: "U hebt geen toegang",
        detail: "U bent ingelogd, maar uw account mag dit adres niet openen.",
        advice: "Vraag de beheerder van deze site om toegang, of log in met een ander account.",
    },
    authentication_insufficient: Message {
        heading: "Log nog een keer in",
        detail: "Dit adres vraagt om een recentere of sterkere aanmelding.",
        advice: "Log opnieuw in, met alles waar om wordt gevraagd.",
    },
    page_foreign: Message {
        heading: "Deze pagina mag geen verbinding maken",
        detail: "Een pagina van een andere site opent een verbinding met uw aanmelding bij deze.",
        advice: "Open het adres vanaf deze site.",
    },
    url_ambiguous: Message {
        heading: "Dit adres kan niet worden geopend",
        detail: "Het adres kan op meer dan één manier worden gelezen.",
        advice: "Controleer het adres op typefouten, zoals een dubbele schuine streep.",
    },
    host_unknown: Message {
        heading: "Deze site is hier niet te vinden",
        detail: "Op deze server staat geen site met deze naam.",
        advice: "Controleer het adres op typefouten.",
    },
    method_not_allowed: Message {
        heading: "Dit kan hier niet",
        detail: "Dit adres accepteert dit soort verzoeken niet.",
        advice: "Ga terug en probeer het op een andere manier.",
    },
    keys_unavailable: Message {
        heading: "Aanmeldingen kunnen nu niet worden gecontroleerd",
        detail: "Een dienst die nodig is om uw aanmelding te controleren, reageert niet.",
        advice: "Het ligt niet aan u. Probeer het zo meteen opnieuw.",
    },
    misconfigured: Message {
        heading: "Deze site is nog niet klaar",
        detail: "Er klopt iets niet in de instellingen van deze site.",
        advice: "Het ligt niet aan u. De beheerder moet iets aanpassen; probeer het later opnieuw.",
    },
    origin_unreachable: Message {
        heading: "De site reageert niet",
        detail: "De server achter dit adres is niet bereikbaar.",
        advice: "Het ligt niet aan u. Probeer het zo meteen opnieuw.",
    },
};
