//! Italian, with “tu”, as sites there speak to everybody.

use super::{Message, Words};

pub(super) const WORDS: Words = Words {
    tag: "it",
    direction: "ltr",
    sign_in: "Accedi",
    try_again: "Riprova",
    contact_support: "Contatta l’assistenza",
    reference: "Riferimento",
    code: "Codice",
    credentials_missing: Message {
        heading: "Accedi per continuare",
        detail: "Questo indirizzo è riservato a chi ha effettuato l’accesso.",
        advice: "Accedi e apri di nuovo l’indirizzo.",
    },
    credentials_malformed: Message {
        heading: "Impossibile leggere il tuo accesso",
        detail: "I dati di accesso arrivati con la richiesta non sono leggibili.",
        advice: "Accedi di nuovo. Se non basta, l’app che stai usando contiene un errore.",
    },
    credentials_ambiguous: Message {
        heading: "Hai effettuato più di un accesso",
        detail: "La richiesta è arrivata con più di un accesso, e può valerne solo uno.",
        advice: "Esci, chiudi questa finestra e accedi di nuovo.",
    },
    token_expired: Message {
        heading: "La sessione è scaduta",
        detail: "Un accesso vale solo per un tempo limitato, e quel tempo è finito.",
        advice: "Accedi di nuovo per riprendere da dove avevi interrotto.",
    },
    token_not_yet_valid: Message {
        heading: "Il tuo accesso non è ancora valido",
        detail: "Il momento da cui il tuo accesso è valido non è ancora arrivato.",
        advice: "Attendi un momento e riprova. Se non basta, controlla la data e l’ora del tuo dispositivo.",
    },
    token_invalid: Message {
        heading: "Accedi di nuovo",
        detail: "Il tuo accesso non è stato accettato.",
        advice: "Accedi ancora una volta e apri di nuovo l’indirizzo.",
    },
    scope_insufficient: Message {
        heading: "Non hai i permessi necessari",
        detail: "Hai effettuato l’accesso, ma il tuo account non può aprire questo indirizzo.",
        advice: "Chiedi i permessi a chi gestisce questo sito, oppure accedi con un altro account.",
    },
    authentication_insufficient: Message {
        heading: "Accedi ancora una volta",
        detail: "Questo indirizzo richiede un accesso più recente o più sicuro.",
        advice: "Accedi di nuovo, fornendo tutto ciò che ti viene chiesto.",
    },
    page_foreign: Message {
        heading: "Questa pagina non può connettersi",
        detail: "Una pagina di un altro sito apre una connessione con il tuo accesso a questo.",
        advice: "Apri l’indirizzo da questo sito.",
    },
    url_ambiguous: Message {
        heading: "Impossibile aprire questo indirizzo",
        detail: "L’indirizzo si può leggere in più di un modo.",
        advice: "Controlla che nell’indirizzo non ci siano errori di battitura, come una doppia barra.",
    },
    host_unknown: Message {
        heading: "Questo sito non si trova qui",
        detail: "Su questo server non c’è alcun sito con questo nome.",
        advice: "Controlla che nell’indirizzo non ci siano errori di battitura.",
    },
    method_not_allowed: Message {
        heading: "Qui non si può fare",
        detail: "Questo indirizzo non accetta richieste di questo tipo.",
        advice: "Torna indietro e prova in un altro modo.",
    },
    keys_unavailable: Message {
        heading: "Al momento non è possibile verificare gli accessi",
        detail: "Un servizio necessario per verificare il tuo accesso non risponde.",
        advice: "Non è colpa tua. Riprova tra un momento.",
    },
    misconfigured: Message {
        heading: "Questo sito non è ancora pronto",
        detail: "C’è qualcosa che non va nella configurazione del sito.",
        advice: "Non è colpa tua. Chi gestisce il sito deve intervenire; riprova più tardi.",
    },
    origin_unreachable: Message {
        heading: "Il sito non risponde",
        detail: "Il server di questo indirizzo non è raggiungibile.",
        advice: "Non è colpa tua. Riprova tra un momento.",
    },
};
