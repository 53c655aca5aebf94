//! Friendly names for people who gave none.

use crate::UserId;

const ADJECTIVES: [&str; 32] = [
    "Able", "Amber", "Bold", "Brave", "Bright", "Calm", "Cheerful", "Clever", "Coral", "Curious", "Eager", "Fair",
    "Gentle", "Golden", "Happy", "Honest", "Jolly", "Kind", "Lively", "Lucky", "Merry", "Nimble", "Patient", "Polite",
    "Proud", "Quick", "Quiet", "Silver", "Sunny", "Swift", "Warm", "Wise",
];
const ANIMALS: [&str; 32] = [
    "Badger", "Beaver", "Bison", "Crane", "Deer", "Dolphin", "Eagle", "Falcon", "Finch", "Fox", "Hare", "Hawk",
    "Hedgehog", "Heron", "Ibis", "Koala", "Lark", "Lynx", "Marten", "Moose", "Otter", "Owl", "Panda", "Puffin",
    "Raven", "Robin", "Seal", "Swan", "Tiger", "Turtle", "Whale", "Wren",
];

/// Such as `Calm Otter`; always the same for one user. Two users may share one.
pub fn animal_name(user: UserId) -> String {
    // FNV-1a: every digit of the id counts, and the same everywhere. Its low bits mix badly, so a multiplication carries
    // them up to where the words are chosen.
    let hash =
        user.to_string().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let [first, second, ..] = hash.wrapping_mul(0x9e37_79b1).to_be_bytes().map(usize::from);
    format!("{} {}", ADJECTIVES[first % ADJECTIVES.len()], ANIMALS[second % ANIMALS.len()])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Timestamp;

    #[test]
    fn a_user_keeps_its_name_and_most_have_another() {
        assert_eq!(animal_name("65f0a1b2c3d4e5f601020304".parse().unwrap()), "Lively Swan");
        let names: BTreeSet<String> =
            (0..100).map(|number| animal_name(UserId::new(Timestamp::default(), [number; 8]))).collect();
        assert!(names.len() > 80, "{names:?}");
    }
}
