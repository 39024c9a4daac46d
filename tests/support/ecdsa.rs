//! Other forms of an ECDSA signature, whose JOSE form is R and S in equal length (RFC 7518
//! section 3.4).

use std::iter;

/// The order of each curve (SP 800-186 section 3.2.1), which is as long as half a signature.
const ORDERS: [&str; 3] = [
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
];

/// The sequence of two integers that other protocols use (RFC 3279 section 2.2.3), in DER.
pub fn der(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    tagged(0x30, &[integer(r), integer(s)].concat())
}

fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = &number[zeros..];
    // The first bit is the sign.
    let sign = iter::repeat_n(0, usize::from(digits.first().is_none_or(|byte| *byte > 127)));
    tagged(0x02, &sign.chain(digits.iter().copied()).collect::<Vec<u8>>())
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).expect("a signature is short");
    let head: &[u8] = if length < 128 { &[tag, length] } else { &[tag, 0x81, length] };
    [head, content].concat()
}

/// The one of the two signatures, with S and with the order less S, whose S is greater. Whoever has
/// one has the other; JOSE prefers neither.
pub fn high_s(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    let order = ORDERS.iter().find(|order| order.len() == s.len() * 2).expect("a known curve");
    let order: Vec<u8> = (0..s.len())
        .map(|at| u8::from_str_radix(&order[2 * at..2 * at + 2], 16).expect("hexadecimal digits"))
        .collect();
    let other = difference(&order, s);
    [r, s.max(&other)].concat()
}

fn difference(greater: &[u8], less: &[u8]) -> Vec<u8> {
    let mut digits = Vec::new();
    let mut borrowed = false;
    for (greater, less) in greater.iter().zip(less).rev() {
        let (digit, first) = greater.overflowing_sub(*less);
        let (digit, second) = digit.overflowing_sub(u8::from(borrowed));
        borrowed = first || second;
        digits.push(digit);
    }
    digits.reverse();
    digits
}
