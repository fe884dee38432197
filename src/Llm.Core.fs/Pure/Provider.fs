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

/// Functions on <see cref="T:Llm.Core.Provider"/>.
[<RequireQualifiedAccess>]
module Provider =
    /// <summary>
    /// A provider of one wire format, with a bearer key from the environment variable <c>ID_API_KEY</c> (in capitals).
    /// </summary>
    /// <example>
    /// <c>Provider.create "acme" "https://api.acme.example/v1" (ChatCompletions.codec (ChatDialect.standard "acme"))</c> takes its key from
    /// <c>ACME_API_KEY</c>.
    /// </example>
    let create (id: string) (baseUrl: string) (codec: Codec) : Provider =
        {
            Id = id
            BaseUrl = baseUrl
            KeyVariables = [ id.ToUpperInvariant().Replace('-', '_') + "_API_KEY" ]
            BaseUrlVariables = []
            KeyPlace = KeyPlace.Bearer
            Key = None
            Headers = []
            Route = fun request -> Ok(struct (codec, request))
        }

    /// <summary>The provider with this key, whatever the environment says; as a bearer where it was sent none before.</summary>
    let withKey (key: string) (provider: Provider) : Provider =
        { provider with
            Key = Some(Secret.create key)
            KeyPlace =
                match provider.KeyPlace with
                | KeyPlace.Nowhere -> KeyPlace.Bearer
                | place -> place
        }

    /// <summary>The provider at this address, whatever the environment says.</summary>
    let withBaseUrl (url: string) (provider: Provider) : Provider = { provider with BaseUrl = url; BaseUrlVariables = [] }

    /// <summary>The provider, which is sent no key: a server of one's own.</summary>
    let withoutKey (provider: Provider) : Provider = { provider with KeyPlace = KeyPlace.Nowhere }
