//! German, with the formal “Sie”.

use super::{Message, Words};

pub(super) const WORDS: Words = Words {
    tag: "de",
    direction: "ltr",
    sign_in: "Anmelden",
    try_again: "Erneut versuchen",
    contact_support: "Support kontaktieren",
    reference: "Referenz",
    code: "Code",
    credentials_missing: Message {
        heading: "Bitte melden Sie sich an",
        detail: "Diese Adresse ist nur für angemeldete Personen zugänglich.",
        advice: "Melden Sie sich an und öffnen Sie die Adresse erneut.",
    },
    credentials_malformed: Message {
        heading: "Ihre Anmeldung ist nicht lesbar",
        detail: "Die Anmeldung, die mit der Anfrage kam, lässt sich nicht lesen.",
        advice: "Melden Sie sich erneut an. Hilft das nicht, liegt ein Fehler in der App vor, die Sie verwenden.",
    },
    credentials_ambiguous: Message {
        heading: "Sie sind mehrfach angemeldet",
        detail: "Mit der Anfrage kam mehr als eine Anmeldung, und nur eine kann gelten.",
        advice: "Melden Sie sich ab, schließen Sie dieses Fenster und melden Sie sich erneut an.",
    },
    token_expired: Message {
        heading: "Ihre Sitzung ist abgelaufen",
        detail: "Eine Anmeldung gilt nur für begrenzte Zeit, und diese Zeit ist vorbei.",
        advice: "Melden Sie sich erneut an, um dort weiterzumachen, wo Sie waren.",
    },
    token_not_yet_valid: Message {
        heading: "Ihre Anmeldung ist noch nicht gültig",
        detail: "Der Zeitpunkt, ab dem Ihre Anmeldung gilt, ist noch nicht erreicht.",
        advice: "Warten Sie einen Moment und versuchen Sie es erneut. Hilft das nicht, prüfen Sie Datum und Uhrzeit Ihres Geräts.",
    },
    token_invalid: Message {
        heading: "Bitte melden Sie sich erneut an",
        detail: "Ihre Anmeldung wurde nicht akzeptiert.",
        advice: "Melden Sie sich erneut an und öffnen Sie die Adresse noch einmal.",
    },
    scope_insufficient: Message {
        heading: "Sie haben keinen Zugriff",
        detail: "Sie sind angemeldet, aber Ihr Konto darf diese Adresse nicht öffnen.",
        advice: "Bitten Sie die Verantwortlichen dieser Website um Zugriff, oder melden Sie sich mit einem anderen Konto an.",
    },
    authentication_insufficient: Message {
        heading: "Bitte melden Sie sich noch einmal an",
        detail: "Diese Adresse verlangt eine neuere oder stärkere Anmeldung.",
        advice: "Melden Sie sich erneut an, mit allem, wonach Sie gefragt werden.",
    },
    page_foreign: Message {
        heading: "Diese Seite darf keine Verbindung öffnen",
        detail: "Die Seite einer anderen Website öffnet eine Verbindung mit Ihrer Anmeldung bei dieser.",
        advice: "Öffnen Sie die Adresse von dieser Website aus.",
    },
    url_ambiguous: Message {
        heading: "Diese Adresse lässt sich nicht öffnen",
        detail: "Die Adresse lässt sich auf mehr als eine Weise lesen.",
        advice: "Prüfen Sie die Adresse auf Tippfehler, zum Beispiel einen doppelten Schrägstrich.",
    },
    host_unknown: Message {
        heading: "Diese Website gibt es hier nicht",
        detail: "Auf diesem Server gibt es keine Website mit diesem Namen.",
        advice: "Prüfen Sie die Adresse auf Tippfehler.",
    },
    method_not_allowed: Message {
        heading: "Das geht hier nicht",
        detail: "Diese Adresse nimmt Anfragen dieser Art nicht an.",
        advice: "Gehen Sie zurück und versuchen Sie es auf einem anderen Weg.",
    },
    keys_unavailable: Message {
        heading: "Anmeldungen lassen sich gerade nicht prüfen",
        detail: "Ein Dienst, der zum Prüfen Ihrer Anmeldung nötig ist, antwortet nicht.",
        advice: "Es liegt nicht an Ihnen. Versuchen Sie es gleich noch einmal.",
    },
    misconfigured: Message {
        heading: "Diese Website ist noch nicht bereit",
        detail: "An der Einrichtung dieser Website stimmt etwas nicht.",
        advice: "Es liegt nicht an Ihnen. Die Verantwortlichen müssen etwas ändern; versuchen Sie es später erneut.",
    },
    origin_unreachable: Message {
        heading: "Die Website antwortet nicht",
        detail: "Der Server hinter dieser Adresse ist nicht erreichbar.",
        advice: "Es liegt nicht an Ihnen. Versuchen Sie es gleich noch einmal.",
    },
};
