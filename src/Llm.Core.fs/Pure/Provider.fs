// A provider is data: which wire format for which model, where, with what key.
// A vendor's values stand in Vendors.fs; the registry finds one by the prefix of a model id.
namespace Llm.Core

/// How a key goes into a request.
[<RequireQualifiedAccess>]
type KeyPlace =
    /// <c>Authorization: Bearer KEY</c> (RFC 6750).
    | Bearer
    /// A header of that name with the key as its value.
    | Header of name: string
    /// The server wants no key.
    | Nowhere

/// <summary>A vendor, or a server of one's own: all that a call needs to know about it.</summary>
[<NoComparison; NoEquality>]
type Provider =
    {
        /// Its id, such as <c>openai</c>: in responses, errors and the origin of messages.
        Id: string
        /// Where its API is, without a slash at the end, such as <c>https://api.openai.com/v1</c>.
        BaseUrl: string
        /// The environment variables that hold its key; the first that is set counts.
        KeyVariables: string list
        /// The environment variables that replace its base url.
        BaseUrlVariables: string list
        /// How the key goes into a request.
        KeyPlace: KeyPlace
        /// A key that the caller gave; it beats the environment.
        Key: Secret option
        /// Headers that every request carries.
        Headers: Headers
        /// The wire format for a request, and the request with the model's name as the provider knows it.
        Route: Request -> Result<struct (Codec * Request), LlmError>
    }
