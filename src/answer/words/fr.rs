//! French, with “vous”, and a narrow space before semicolons.

use super::{Message, Words};

pub(super) const WORDS: Words = Words {
    tag: "fr",
    direction: "ltr",
    sign_in: "Se connecter",
    try_again: "Réessayer",
    contact_support: "Contacter l’assistance",
    reference: "Référence",
    code: "Code",
    credentials_missing: Message {
        heading: "Veuillez vous connecter",
        detail: "Cette adresse est réservée aux personnes connectées.",
        advice: "Connectez-vous, puis ouvrez de nouveau cette adresse.",
    },
    credentials_malformed: Message {
        heading: "Votre connexion est illisible",
        detail: "Les données de connexion jointes à la demande ne peuvent pas être lues.",
        advice: "Connectez-vous de nouveau. Si le problème persiste, l’application que vous utilisez comporte une erreur.",
    },
    credentials_ambiguous: Message {
        heading: "Plusieurs connexions à la fois",
        detail: "La demande comporte plus d’une connexion, et une seule peut compter.",
        advice: "Déconnectez-vous, fermez cette fenêtre, puis connectez-vous de nouveau.",
    },
    token_expired: Message {
        heading: "Votre session a expiré",
        detail: "Une connexion n’est valable que pour une durée limitée, et cette durée est écoulée.",
        advice: "Connectez-vous de nouveau pour reprendre où vous en étiez.",
    },
    token_not_yet_valid: Message {
        heading: "Votre connexion n’est pas encore valable",
        detail: "Le moment à partir duquel votre connexion est valable n’est pas encore arrivé.",
        advice: "Patientez un instant, puis réessayez. Si le problème persiste, vérifiez la date et l’heure de votre appareil.",
    },
    token_invalid: Message {
        heading: "Veuillez vous reconnecter",
        detail: "Votre connexion n’a pas été acceptée.",
        advice: "Connectez-vous de nouveau, puis rouvrez cette adresse.",
    },
    scope_insufficient: Message {
        heading: "Vous n’avez pas accès à cette adresse",
        detail: "Votre connexion est valable, mais votre compte ne permet pas d’ouvrir cette adresse.",
        advice: "Demandez l’accès aux responsables de ce site, ou connectez-vous avec un autre compte.",
    },
    authentication_insufficient: Message {
        heading: "Veuillez vous reconnecter",
        detail: "Cette adresse demande une connexion plus récente ou plus sûre.",
        advice: "Reconnectez-vous en fournissant tout ce qui vous est demandé.",
    },
    page_foreign: Message {
        heading: "Cette page ne peut pas se connecter",
        detail: "Une page d’un autre site ouvre une connexion avec votre session sur celui-ci.",
        advice: "Ouvrez l’adresse depuis ce site.",
    },
    url_ambiguous: Message {
        heading: "Impossible d’ouvrir cette adresse",
        detail: "L’adresse peut se lire de plusieurs façons.",
        advice: "Vérifiez que l’adresse ne contient pas de faute de frappe, comme une double barre oblique.",
    },
    host_unknown: Message {
        heading: "Ce site ne se trouve pas ici",
        detail: "Ce serveur n’héberge aucun site de ce nom.",
        advice: "Vérifiez que l’adresse ne contient pas de faute de frappe.",
    },
    method_not_allowed: Message {
        heading: "Cette action n’est pas possible ici",
        detail: "Cette adresse n’accepte pas ce type de requête.",
        advice: "Revenez en arrière et essayez autrement.",
    },
    keys_unavailable: Message {
        heading: "Impossible de vérifier les connexions pour le moment",
        detail: "Un service nécessaire à la vérification de votre connexion ne répond pas.",
        advice: "Vous n’y êtes pour rien. Réessayez dans un instant.",
    },
    misconfigured: Message {
        heading: "Ce site n’est pas encore prêt",
        detail: "Quelque chose ne va pas dans la configuration de ce site.",
        advice: "Vous n’y êtes pour rien. Les responsables du site doivent intervenir\u{202f}; réessayez plus tard.",
    },
    origin_unreachable: Message {
        heading: "Le site ne répond pas",
        detail: "Le serveur qui se trouve derrière cette adresse est injoignable.",
        advice: "Vous n’y êtes pour rien. Réessayez dans un instant.",
    },
};
