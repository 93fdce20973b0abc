//! Whether a number is prime.

use rsa::BigUint;
use zeroize::Zeroizing;

use crate::random;

/// A composite passes one round with a chance of at most 1/4, so 64 rounds leave 2^-128.
const ROUNDS: u32 = 64;

/// Miller and Rabin's test with random bases, for odd numbers of more than 64 bits. The bases come from the
/// operating system and not from the number, as in libraries made for keys of one's own: whoever made the file may
/// have searched for a composite that passes predictable bases.
pub(super) fn probably_prime(candidate: &BigUint) -> bool {
    let one = BigUint::from(1u8);
    let minus_one = Zeroizing::new(candidate - &one);
    let Some(twos) = minus_one.trailing_zeros() else { return false };
    let odd = Zeroizing::new(&*minus_one >> twos);
    (0..ROUNDS).all(|_| {
        let mut power = Zeroizing::new(base(&minus_one).modpow(&odd, candidate));
        if *power == one || *power == *minus_one {
            return true;
        }
        (1..twos).any(|_| {
            *power = &*power * &*power % candidate;
            *power == *minus_one
        })
    })
}

/// A random number from 2 to `minus_one` - 1; sixteen bytes more than needed keep the remainder even.
fn base(minus_one: &BigUint) -> BigUint {
    let mut bytes = vec![0; minus_one.bits().div_ceil(8) + 16];
    random::fill(&mut bytes);
    let two = BigUint::from(2u8);
    BigUint::from_bytes_be(&bytes) % (minus_one - &two) + two
}
