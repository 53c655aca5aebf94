//! The names of all texts.

macro_rules! keys {
    (browser { $($(#[$about:meta])* $shown:ident,)* } server { $($(#[$of:meta])* $key:ident,)* }) => {
        /// The name of a text: a key of the SDK contract's `customText`, or one of this page's own.
        ///
        /// The wire and the tables spell it in camel case: `HeaderText` is `headerText`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Key {
            $($(#[$about])* $shown,)*
            $($(#[$of])* $key,)*
        }

        impl Key {
            /// How many of the keys, from the first on, go to the browser.
            #[cfg(feature = "ssr")]
            pub(super) const IN_BROWSER: usize = [$(Self::$shown),*].len();

            /// In the order of their numbers.
            #[cfg(feature = "ssr")]
            pub(super) const ALL: &[Self] = &[$(Self::$shown,)* $(Self::$key,)*];

            /// As the tables spell it.
            #[cfg(feature = "ssr")]
            pub fn name(self) -> String {
                let name = match self {
                    $(Self::$shown => stringify!($shown),)*
                    $(Self::$key => stringify!($key),)*
                };
                let (first, rest) = name.split_at(1);
                first.to_ascii_lowercase() + rest
            }
        }
    };
}

keys! {
    // What the messenger shows in the browser too. Every page carries these texts: name one here when code of the island
    // needs it, and move it down when none does any more.
    browser {
        ActionPostbackError,
        Attach,
        ClickToRetry,
        ClickToRetryForm,
        Close,
        ConversationListHeaderText,
        ConversationListPreviewUserText,
        ConversationTimestampHeaderFormat,
        ConversationUnread,
        CouldNotConnect,
        CouldNotConnectRetry,
        CouldNotConnectRetrySuccess,
        /// `AM|PM|am|pm`.
        DayHalves,
        /// From Sunday on, between bars.
        DayNames,
        DayNamesShort,
        FetchHistory,
        FetchingHistory,
        FileTooLargeError,
        FileTypeError,
        HeaderText,
        InputPlaceholder,
        InputPlaceholderBlocked,
        IntroductionText,
        LocationNotSupported,
        LocationSecurityRestriction,
        LocationSendingFailed,
        LocationServicesDenied,
        MessageDelivered,
        MessageError,
        MessageIndicatorTitlePlural,
        MessageIndicatorTitleSingular,
        MessageSeen,
        MessageSending,
        MessageTimestampFormat,
        MessageTooLongError,
        Messages,
        /// From January on, between bars, as they stand beside a day.
        MonthNames,
        MonthNamesShort,
        NewestMessages,
        OpenInNewTab,
        PrechatCaptureConfirmationText,
        ProblemAnswers,
        ProblemBanned,
        ProblemConflict,
        ProblemEmpty,
        ProblemForeign,
        ProblemFull,
        ProblemInvalid,
        ProblemLogin,
        ProblemNotFound,
        /// To somebody who may be a program.
        ProblemSendAgain,
        ProblemSessionEnded,
        ProblemTooMany,
        RemoveFile,
        SendButtonText,
        ShareLocation,
        TapToRetry,
        TapToRetryForm,
        Typing,
        UnsupportedMessageType,
        UploadInvalidError,
        Uploading,
    }
    server {
        // Of the contract.
        ActionPaymentCompleted,
        ActionPaymentError,
        ConnectNotificationOthersText,
        ConnectNotificationSingleButtonText,
        ConnectNotificationSingleText,
        ConnectNotificationText,
        ConversationListPreviewAnonymousText,
        ConversationListPreviewCarouselText,
        ConversationListPreviewFileText,
        ConversationListPreviewFormResponseText,
        ConversationListPreviewFormText,
        ConversationListPreviewImageText,
        ConversationListPreviewLocationRequestText,
        ConversationListRelativeTimeHour,
        ConversationListRelativeTimeHours,
        ConversationListRelativeTimeJustNow,
        ConversationListRelativeTimeMinute,
        ConversationListRelativeTimeMinutes,
        ConversationListRelativeTimeYesterday,
        ConversationListTimestampFormat,
        CouldNotConnectInner,
        CouldNotConnectWithRetry,
        CouldNotConnectWithRetryInner,
        CouldNotLoadConversations,
        EmailChangeAddress,
        EmailDescription,
        EmailFieldLabel,
        EmailFieldPlaceholder,
        EmailFormButton,
        EmailLinkingErrorMessage,
        FormErrorEntryRequired,
        FormErrorInvalidEmail,
        FormErrorNoLongerThan,
        FormErrorNoShorterThan,
        FormErrorUnknown,
        FormFieldSelectPlaceholderFallback,
        FrontendEmailChannelDescription,
        ImageClickToReload,
        ImageClickToView,
        ImagePreviewNotAvailable,
        IntroAppText,
        InvalidFileError,
        LineChannelDescription,
        LinkChannelPageHeader,
        LinkError,
        MessageRelativeTimeDay,
        MessageRelativeTimeHour,
        MessageRelativeTimeJustNow,
        MessageRelativeTimeMinute,
        MessengerChannelDescription,
        NewConversationButtonText,
        NotificationSettingsChannelsDescription,
        NotificationSettingsChannelsTitle,
        NotificationSettingsConnected,
        NotificationSettingsConnectedAs,
        PrechatCaptureEmailLabel,
        PrechatCaptureEmailPlaceholder,
        PrechatCaptureGreetingText,
        PrechatCaptureMailgunLinkingConfirmation,
        PrechatCaptureNameLabel,
        PrechatCaptureNamePlaceholder,
        SettingsHeaderText,
        SmsBadRequestError,
        SmsCancel,
        SmsChangeNumber,
        SmsChannelDescription,
        SmsChannelPendingDescription,
        SmsContinue,
        SmsInvalidNumberError,
        SmsLinkCancelled,
        SmsLinkPending,
        SmsPingChannelError,
        SmsSendText,
        SmsStartTexting,
        SmsTooManyRequestsError,
        SmsTooManyRequestsOneMinuteError,
        SmsUnhandledError,
        SyncConversation,
        TelegramChannelDescription,
        UnableToLoadImage,
        UnsupportedActionType,
        UploadDocument,
        UploadPhoto,
        UploadVirusError,
        ViberChannelDescription,
        ViberChannelDescriptionMobile,
        ViberQRCodeError,
        WechatChannelDescription,
        WechatChannelDescriptionMobile,
        WechatQRCodeError,
        WhatsappChannelDescriptionDesktop,
        WhatsappChannelDescriptionMobile,
        WhatsappLinkingError,

        // Our own.
        /// Between whole and fraction of a number.
        DecimalMark,
        LogOut,
        WidgetClose,
        WidgetOpen,
        WidgetTitle,
        NotFoundTitle,
        NotFoundText,
        BrokenTitle,
        BrokenText,
        BrokenReference,
        TooManyTitle,
        TooManyText,
        TryAgain,
        /// The accessible name of a form in a message.
        Form,
        /// Of a short link that leads nowhere any more.
        LinkExpired,
        LinkUsedUp,
        LinkRevoked,
        LinkEndedText,
        OpenChat,
        /// On a poster.
        PosterTitle,
        PosterText,
        QrCode,
        /// On a badge, and on one that leads nowhere.
        ChatWith,
        ChatClosed,
    }
}
