// What a provider may be asked besides an answer: how many tokens a call would take, and which models it serves. A codec holds both as
// data; called by the model and the catalogue of models, which send them.
namespace Llm.Core

open System

/// <summary>How a provider is asked for the number of tokens of a call, before it is made.</summary>
[<NoComparison; NoEquality>]
type TokenCounter =
    {
        /// Writes the question. What cannot be counted is <c>FeatureNotSupported</c>.
        Encode: Request -> Result<EncodedRequest, LlmError>
        /// Reads the number of input tokens.
        Decode: ReadOnlyMemory<byte> -> Result<int64, LlmError>
    }

/// <summary>A model that a provider serves, as far as the provider says.</summary>
type ModelInfo =
    {
        /// The model's name in calls, such as <c>gpt-5</c>.
        Id: string
        /// Its name for people, such as <c>Claude Sonnet 4.5</c>.
        Name: string option
        /// When it was published, or came to this server.
        CreatedAt: DateTimeOffset option
        /// The most tokens of a call.
        InputTokens: int64 option
        /// The most tokens of an answer.
        OutputTokens: int64 option
        /// All that the provider says of it.
        Raw: Json
    }

/// <summary>Some of a provider's models.</summary>
type ModelPage =
    {
        /// In the provider's order.
        Models: ModelInfo list
        /// What asks for the next page; None on the last one.
        Next: string option
    }

/// <summary>How a provider is asked which models it serves.</summary>
[<NoComparison; NoEquality>]
type ModelListing =
    {
        /// Path and query below the base url, from what asks for the next page: None for the first.
        Path: string option -> string
        /// Headers that the format itself needs.
        Headers: Headers
        /// Where it goes, from where a call would go: another host at some vendors.
        Url: string -> string
        /// Reads a page.
        Decode: ReadOnlyMemory<byte> -> Result<ModelPage, LlmError>
    }
