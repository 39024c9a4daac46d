//! Points of Ed25519 that are no public keys: with them, anybody can make signatures.

/// The ordinates of the points of order 8; those of orders 1, 2 and 4 are 1, -1 and 0.
const ORDER_8: [[u8; 32]; 2] = [
    [
        38, 232, 149, 143, 194, 178, 39, 176, 69, 195, 244, 137, 242, 239, 152, 240, 213, 223, 172,
        5, 211, 198, 51, 57, 177, 56, 2, 136, 109, 83, 252, 5,
    ],
    [
        199, 23, 106, 112, 61, 77, 216, 79, 186, 60, 11, 118, 13, 16, 103, 15, 42, 32, 83, 250, 44,
        57, 204, 198, 78, 199, 253, 119, 146, 172, 3, 122,
    ],
];

/// Whether eight times this point (RFC 8032 section 5.1.2) is the neutral one. Libraries take such
/// points for keys, all zeros among them, and then one made-up signature in eight or more is valid.
pub(super) fn is_of_small_order(point: &[u8]) -> bool {
    let [first, middle @ .., last] = point else { return false };
    // The topmost bit is the sign of the abscissa.
    let last = last & 0x7f;
    let middle_is = |byte: u8| middle.iter().all(|other| *other == byte);
    match (first, last) {
        (0 | 1, 0) if middle_is(0) => true,
        // The prime less one, and 0 and 1 again, spelled as the prime and one more.
        (0xec..=0xee, 0x7f) if middle_is(0xff) => true,
        _ => ORDER_8.iter().any(|ordinate| {
            matches!(ordinate, [f, m @ .., l] if f == first && m == middle && *l == last)
        }),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;
    use crate::keys::{KeyFault, KeySet};
    use crate::token::Algorithm;

    fn ends(first: u8, middle: u8, last: u8) -> [u8; 32] {
        let mut point = [middle; 32];
        (point[0], point[31]) = (first, last);
        point
    }

    fn fault(point: &[u8]) -> Option<KeyFault> {
        let x = BASE64_URL_SAFE_NO_PAD.encode(point);
        let set = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": x }] });
        let set = KeySet::parse(&set.to_string(), &[Algorithm::Ed25519]).unwrap();
        set.refused().first().map(|refusal| refusal.why)
    }

    #[test]
    fn a_key_with_which_anybody_can_sign_is_none() {
        let small = [
            ends(0, 0, 0),
            ends(1, 0, 0),
            ends(0xec, 0xff, 0x7f),
            ends(0xed, 0xff, 0x7f),
            ends(0xee, 0xff, 0x7f),
            ORDER_8[0],
            ORDER_8[1],
        ];
        for mut point in small {
            assert_eq!(fault(&point), Some(KeyFault::SmallOrder), "{point:?}");
            point[31] |= 0x80;
            assert_eq!(fault(&point), Some(KeyFault::SmallOrder), "{point:?}");
            point[15] ^= 1;
            assert_eq!(fault(&point), None, "{point:?}");
        }
    }

    #[test]
    fn other_points_are_keys() {
        // The base point is one, and so are the neighbours of the small ones.
        for point in [ends(0x58, 0x66, 0x66), ends(2, 0, 0), ends(0xeb, 0xff, 0x7f), ends(0, 0, 1)]
        {
            assert_eq!(fault(&point), None, "{point:?}");
        }
        assert!(!is_of_small_order(&[]));
    }
}
