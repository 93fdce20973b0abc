//! Whether an imported RSA key is one that may be used.

use rsa::{
    BigUint,
    pkcs1::{self, UintRef},
    pkcs8::{ObjectIdentifier, PrivateKeyInfo, der::Decode},
};
use zeroize::Zeroizing;

use super::{PfxRefusal, oid, prime::probably_prime};

/// The one accepted size (PP-040), and the size of each of its two primes.
const BITS: usize = 2048;
const PRIME_BITS: usize = BITS / 2;
/// Primes must differ in their first hundred bits (FIPS 186-5, A.1.3): close ones are found by Fermat's method.
const MIN_DIFFERENCE_BITS: usize = PRIME_BITS - 100;
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

type Secret = Zeroizing<BigUint>;
type Check = fn(&Numbers) -> bool;

/// The numbers of a key, as the file gives them.
struct Numbers {
    n: BigUint,
    e: BigUint,
    d: Secret,
    p: Secret,
    q: Secret,
    d_p: Secret,
    d_q: Secret,
    q_inverse: Secret,
}

/// Checks the PrivateKeyInfo of PKCS#8: an RSA key of 2048 bits whose numbers belong together and resist the known
/// shortcuts.
///
/// # Errors
/// [`PfxRefusal::Algorithm`] for another kind or size, [`PfxRefusal::WeakKey`] for a failed check.
pub(super) fn sound(pkcs8: &[u8]) -> Result<(), PfxRefusal> {
    let info = PrivateKeyInfo::from_der(pkcs8).map_err(|_| PfxRefusal::NotPkcs12)?;
    if info.algorithm.oid != RSA_ENCRYPTION {
        let curve = info.algorithm.parameters_oid().ok().map(|curve| curve.to_string());
        let found = oid::algorithm_name(&info.algorithm.oid.to_string(), curve.as_deref());
        return Err(PfxRefusal::Algorithm { found });
    }
    let key = pkcs1::RsaPrivateKey::from_der(info.private_key).map_err(|_| PfxRefusal::NotPkcs12)?;
    let bits = integer(key.modulus).bits();
    if bits != BITS {
        return Err(PfxRefusal::Algorithm { found: format!("RSA {bits}") });
    }
    match Numbers::of(&key).fault() {
        _ if key.other_prime_infos.is_some() => {
            Err(PfxRefusal::WeakKey { why: "it has more than two primes" })
        }
        Some(why) => Err(PfxRefusal::WeakKey { why }),
        None => Ok(()),
    }
}

fn integer(value: UintRef<'_>) -> BigUint {
    BigUint::from_bytes_be(value.as_bytes())
}

impl Numbers {
    fn of(key: &pkcs1::RsaPrivateKey<'_>) -> Self {
        let secret = |value| Zeroizing::new(integer(value));
        Self {
            n: integer(key.modulus),
            e: integer(key.public_exponent),
            d: secret(key.private_exponent),
            p: secret(key.prime1),
            q: secret(key.prime2),
            d_p: secret(key.exponent1),
            d_q: secret(key.exponent2),
            q_inverse: secret(key.coefficient),
        }
    }

    /// The first fault found, cheap checks first: the later ones rely on the earlier.
    fn fault(&self) -> Option<&'static str> {
        let checks: [(Check, &'static str); 7] = [
            (
                Self::exponent_accepted,
                "its public exponent is even, smaller than 65537 or longer than 33 bits",
            ),
            (Self::primes_of_equal_size, "its primes are not 1024 bits long each"),
            (Self::primes_far_apart, "its primes are too close together"),
            (Self::product_matches, "its modulus is not the product of its primes"),
            (Self::private_exponent_long, "its private exponent is too short"),
            (Self::exponents_match, "its numbers do not belong together"),
            (Self::primes_are_prime, "its primes are not prime"),
        ];
        checks.into_iter().find(|(passes, _)| !passes(self)).map(|(_, why)| why)
    }

    /// Odd and at least 65537 (FIPS 186-5, A.1.1); at most 33 bits, the limit of `aws-lc-rs`.
    fn exponent_accepted(&self) -> bool {
        is_odd(&self.e) && self.e >= BigUint::from(65_537u32) && self.e.bits() <= 33
    }

    fn primes_of_equal_size(&self) -> bool {
        [&self.p, &self.q].iter().all(|prime| prime.bits() == PRIME_BITS && is_odd(prime))
    }

    fn primes_far_apart(&self) -> bool {
        let (larger, smaller) = if *self.p > *self.q { (&self.p, &self.q) } else { (&self.q, &self.p) };
        Zeroizing::new(&**larger - &**smaller).bits() > MIN_DIFFERENCE_BITS
    }

    fn product_matches(&self) -> bool {
        &*self.p * &*self.q == self.n
    }

    /// Longer than half the modulus (FIPS 186-5, A.1.1): short ones are found by Wiener's method.
    fn private_exponent_long(&self) -> bool {
        self.d.bits() > BITS / 2 && *self.d < self.n
    }

    /// d, dP, dQ and qInv fit e, p and q.
    fn exponents_match(&self) -> bool {
        let one = BigUint::from(1u8);
        let halves = [(&self.p, &self.d_p), (&self.q, &self.d_q)].into_iter().all(|(prime, exponent)| {
            let order = Zeroizing::new(&**prime - &one);
            let reduced = Zeroizing::new(&*self.d % &*order);
            *reduced == **exponent && &self.e * &*reduced % &*order == one
        });
        halves && *self.q_inverse < *self.p && &*self.q_inverse * &*self.q % &*self.p == one
    }

    fn primes_are_prime(&self) -> bool {
        probably_prime(&self.p) && probably_prime(&self.q)
    }
}

fn is_odd(number: &BigUint) -> bool {
    number.trailing_zeros() == Some(0)
}
