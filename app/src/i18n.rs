//! Every text that the UI shows, by key.
//!
//! Keys and English values are those of the SDK contract's `customText`; the few at the end are this page's own.

macro_rules! texts {
    ($($(#[$doc:meta])* $key:ident = $english:literal;)*) => {
        /// The name of a text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Key {
            $($(#[$doc])* $key,)*
        }

        /// The text called `key`.
        pub const fn t(key: Key) -> &'static str {
            match key {
                $(Key::$key => $english,)*
            }
        }
    };
}

texts! {
    ClickToRetry = "Message not delivered. Click to retry.";
    ConversationTimestampHeaderFormat = "MMMM D YYYY, h:mm A";
    CouldNotConnect = "Offline. You will not receive messages.";
    CouldNotConnectRetry = "Reconnecting...";
    CouldNotConnectRetrySuccess = "You're back online!";
    FetchHistory = "Load more";
    FetchingHistory = "Retrieving history...";
    EmailFormButton = "Submit";
    ConversationListPreviewUserText = "You";
    FormErrorEntryRequired = "This entry is required";
    FormErrorInvalidEmail = "Email is invalid";
    FormErrorNoLongerThan = "Must contain no more than ({characters}) characters";
    FormErrorNoShorterThan = "Must contain at least ({characters}) characters";
    FormErrorUnknown = "This doesn't look quite right";
    FormFieldSelectPlaceholderFallback = "Choose one...";
    InputPlaceholderBlocked = "Complete the form above...";
    ShareLocation = "Location";
    UnableToLoadImage = "Unable to load image";
    UnsupportedActionType = "Unsupported action type.";
    UploadPhoto = "Image";
    ActionPostbackError = "An error occurred while processing your action. Please try again.";
    LocationNotSupported = "Your browser does not support location services or it’s been disabled. Please type your location instead.";
    LocationSecurityRestriction = "This website cannot access your location. Please type your location instead.";
    LocationServicesDenied = "This website cannot access your location. Allow access in your settings or type your location instead.";
    LocationSendingFailed = "Could not send location";
    HeaderText = "How can we help?";
    /// Of the older documents; version 5 has none.
    IntroductionText = "We're here to talk, so ask us anything!";
    InputPlaceholder = "Type a message...";
    MessageDelivered = "Delivered";
    MessageIndicatorTitlePlural = "({count}) New messages";
    MessageIndicatorTitleSingular = "({count}) New message";
    MessageSeen = "Seen";
    MessageSending = "Sending...";
    MessageTimestampFormat = "h:mm A";
    MessageTooLongError = "Max message size limit exceeded ({size}).";
    SendButtonText = "Send";
    TapToRetry = "Message not delivered. Tap to retry.";
    UnsupportedMessageType = "Unsupported message type.";

    /// The accessible name of the log.
    Messages = "Messages";
    Typing = "{name} is typing";
    /// The accessible name of a form in a message.
    Form = "Form";
    /// Closes what covers the page.
    Close = "Close";
    /// Leads from an older part of the history back to its end.
    NewestMessages = "Newest messages";
    NotFoundTitle = "This chat is not here";
    NotFoundText = "The link may be incomplete, or the chat has been closed. Check the address, or ask whoever sent it to you.";
    BrokenTitle = "Something went wrong";
    BrokenText = "It is our fault, not yours. Please try again in a moment.";
    BrokenReference = "Reference: {id}";
    TryAgain = "Try again";
}

/// `text` with its one `{placeholder}` replaced by `value`.
pub fn fill(text: &str, value: &str) -> String {
    let filled = || {
        let (before, rest) = text.split_once('{')?;
        let (_, after) = rest.split_once('}')?;
        Some([before, value, after].concat())
    };
    filled().unwrap_or_else(|| text.to_owned())
}

/// `(1) New message`, `(2) New messages`.
pub fn new_messages(count: u32) -> String {
    let text = if count == 1 { Key::MessageIndicatorTitleSingular } else { Key::MessageIndicatorTitlePlural };
    fill(t(text), &count.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_replaced_whatever_its_name() {
        assert_eq!(fill(t(Key::MessageTooLongError), "4096"), "Max message size limit exceeded (4096).");
        assert_eq!(fill(t(Key::Typing), "{size}"), "{size} is typing");
        assert_eq!(fill("none", "x"), "none");
    }

    #[test]
    fn one_message_is_singular() {
        assert_eq!(new_messages(1), "(1) New message");
        assert_eq!(new_messages(12), "(12) New messages");
    }
}
