//! What the compiler must refuse: printing, copying and serializing secrets.

use std::fmt::{Debug, Display};

use serde::Serialize;
use vault::{DataKey, ImportedKey, Kek, Password, RingKey, RootKey, token::Token};

/// Does not compile when the type implements one of the traits: the call below is ambiguous then, because both the
/// blanket implementation and the one for the trait's implementors apply.
macro_rules! assert_has_none_of {
    ($type:ty: $($trait:path),+) => {
        const _: fn() = || {
            trait Ambiguous<Marker> {
                fn only_one() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            $({
                #[allow(dead_code)]
                struct Marker;
                impl<T: ?Sized + $trait> Ambiguous<Marker> for T {}
            })+
            let _ = <$type as Ambiguous<_>>::only_one;
        };
    };
}

macro_rules! assert_secret {
    ($($type:ty),+) => {
        $(assert_has_none_of!($type: Debug, Display, Serialize, Clone, Copy, AsRef<[u8]>, AsRef<str>);)+
    };
}

assert_secret!(RootKey, Kek, RingKey, DataKey, Password, Token, ImportedKey);

/// Compiles only when all of them may be shared between threads by reference.
const fn shared<T: Send + Sync>(_: &[T]) {}
const _: () = (shared::<RootKey>(&[]), shared::<Kek>(&[]), shared::<RingKey>(&[]), shared::<DataKey>(&[])).0;

/// The crate does not know `serde`, so nothing in it can be serialized by accident either.
#[test]
fn the_crate_does_not_depend_on_serde() {
    let manifest = include_str!("../../Cargo.toml");
    let (dependencies, for_tests) = manifest.split_once("[dev-dependencies]").expect("both sections");
    assert!(!dependencies.contains("serde") && for_tests.contains("serde"));
}
