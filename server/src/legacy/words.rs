//! What is called otherwise in the older API.

/// Paths at the beginning of a refusal, and what the older API calls them.
const NAMES: [(&str, &str); 6] = [
    ("content.", ""),
    ("author.displayName", "name"),
    ("author.avatarUrl", "avatarUrl"),
    ("externalId", "userId"),
    ("profile.", ""),
    ("matchCriteria.", ""),
];

/// The sentence `title`, which may begin with the path of a field, with that field's older name.
pub fn in_older_words(title: &str) -> String {
    let renamed = NAMES.iter().find_map(|(new, old)| Some(format!("{old}{}", title.strip_prefix(new)?)));
    renamed.unwrap_or_else(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::in_older_words;

    #[test]
    fn fields_have_their_older_names() {
        for (title, older) in [
            ("content.items[0].title is required", "items[0].title is required"),
            ("author.displayName must not be empty", "name must not be empty"),
            ("externalId is required", "userId is required"),
            ("profile.email should be an e-mail address", "email should be an e-mail address"),
            ("User not found", "User not found"),
        ] {
            assert_eq!(in_older_words(title), older);
        }
    }
}
