// A provider is data: which wire format for which model, where, with which settings and credentials.
// The vendors' values stand in Vendors.fs and Clouds.fs; the registry finds one by the prefix of a model id; it knows no environment.
namespace Llm.Core

open System

/// How credentials go into a request.
[<RequireQualifiedAccess>]
type KeyPlace =
    /// <c>Authorization: Bearer KEY</c> (RFC 6750).
    | Bearer
    /// A header of that name with the key as its value.
    | Header of name: string
    /// A signature of Amazon's, Version 4, for the service of that name, by the keys of an AWS identity; a Bedrock API key, where there is
    /// one, goes as a bearer instead.
    | AwsSignature of service: string
    /// The server wants no key.
    | Nowhere

/// <summary>What an account decides and an address holds, such as a region.</summary>
type ProviderSetting =
    {
        /// Its name, such as <c>region</c>: what <c>{region}</c> in a provider's address stands for.
        Name: string
        /// The environment variables that may hold it; the first that is set counts.
        Variables: string list
        /// What it is where nobody says; None makes it an error.
        Default: string option
        /// What the caller said; it beats the environment.
        Value: string option
        /// How its value is put into an address, by the name in the address: mostly as it is, by its own name.
        Forms: (string * (string -> string)) list
    }

/// Functions on <see cref="T:Llm.Core.ProviderSetting"/>.
[<RequireQualifiedAccess>]
module ProviderSetting =
    /// <summary>A setting that has to be given, or stand in one of these environment variables.</summary>
    /// <example><c>ProviderSetting.create "region" [ "AWS_REGION"; "AWS_DEFAULT_REGION" ]</c></example>
    let create (name: string) (variables: string list) : ProviderSetting =
        { Name = name; Variables = variables; Default = None; Value = None; Forms = [ name, id ] }

/// <summary>A vendor, or a server of one's own: all that a call needs to know about it.</summary>
[<NoComparison; NoEquality>]
type Provider =
    {
        /// Its id, such as <c>openai</c>: in responses, errors and the origin of messages.
        Id: string
        /// Where its API is, without a slash at the end, such as <c>https://api.openai.com/v1</c>. A name in braces stands for a setting:
        /// <c>https://bedrock-runtime.{region}.amazonaws.com</c>.
        BaseUrl: string
        /// The environment variables that replace its base url.
        BaseUrlVariables: string list
        /// What its address holds besides.
        Settings: ProviderSetting list
        /// What every url ends with, such as <c>api-version</c> and <c>{api-version}</c>; names in braces stand for settings.
        Query: (string * string) list
        /// The environment variables that hold its key; the first that is set counts.
        KeyVariables: string list
        /// How the key goes into a request.
        KeyPlace: KeyPlace
        /// Whether a call without a key is an error before the wire; a server of one's own may do without.
        RequiresKey: bool
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
    let private variable (id: string) (what: string) = id.ToUpperInvariant().Replace('-', '_') + what

    /// A provider whose requests choose their wire format; else as `create` has it.
    let internal routed (id: string) (baseUrl: string) (route: Request -> Result<struct (Codec * Request), LlmError>) : Provider =
        {
            Id = id
            BaseUrl = baseUrl
            BaseUrlVariables = [ variable id "_BASE_URL" ]
            Settings = []
            Query = []
            KeyVariables = [ variable id "_API_KEY" ]
            KeyPlace = KeyPlace.Bearer
            RequiresKey = true
            Key = None
            Headers = []
            Route = route
        }

    /// <summary>
    /// A provider of one wire format, with a bearer key from the environment variable <c>ID_API_KEY</c> (in capitals). The variable
    /// <c>ID_BASE_URL</c> moves it.
    /// </summary>
    /// <example>
    /// <c>Provider.create "acme" "https://api.acme.example/v1" (ChatCompletions.codec (ChatDialect.standard "acme"))</c> takes its key from
    /// <c>ACME_API_KEY</c>.
    /// </example>
    let create (id: string) (baseUrl: string) (codec: Codec) : Provider = routed id baseUrl (fun request -> Ok(struct (codec, request)))

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
    let withoutKey (provider: Provider) : Provider = { provider with KeyPlace = KeyPlace.Nowhere; RequiresKey = false }

    /// <summary>The provider, which is sent a key only where there is one: a server of one's own.</summary>
    let withOptionalKey (provider: Provider) : Provider = { provider with RequiresKey = false }

    /// <summary>The provider with a setting's value, whatever the environment says. A setting that it did not have is added.</summary>
    /// <example><c>Clouds.bedrock |> Provider.withSetting "region" "eu-central-1"</c></example>
    let withSetting (name: string) (value: string) (provider: Provider) : Provider =
        let isThat (setting: ProviderSetting) = setting.Name = name

        let settings =
            if List.exists isThat provider.Settings then
                provider.Settings
            else
                ProviderSetting.create name [] :: provider.Settings

        { provider with
            Settings = settings |> List.map (fun setting -> if isThat setting then { setting with Value = Some value } else setting)
        }

    /// Only its address: what a facade shows of it.
    let internal withoutQuery (provider: Provider) : Provider = { provider with Query = [] }

    /// The first of the variables that is set. A line break at the end of a mounted file is no part of a value.
    let rec internal firstSet (environment: string -> string option) (variables: string list) : string option =
        match variables with
        | [] -> None
        | name :: others ->
            match environment name with
            | Some value when not (String.IsNullOrWhiteSpace value) -> Some(value.Trim())
            | _ -> firstSet environment others

    let private valueOf (environment: string -> string option) (provider: Provider) (setting: ProviderSetting) : Result<string, LlmError> =
        match setting.Value |> Option.orElseWith (fun () -> firstSet environment setting.Variables) |> Option.orElse setting.Default with
        | Some value -> Ok value
        | None -> Error(LlmError.MissingSetting(provider.Id, setting.Name, setting.Variables))

    /// <summary>
    /// The value of a setting: what the caller said, else the environment, else its default; <c>MissingSetting</c> where nobody says.
    /// </summary>
    let setting (environment: string -> string option) (name: string) (provider: Provider) : Result<string, LlmError> =
        match provider.Settings |> List.tryFind (fun setting -> setting.Name = name) with
        | Some found -> valueOf environment provider found
        | None -> Error(LlmError.MissingSetting(provider.Id, name, []))

    /// A text with every name in braces replaced; only settings that it names have to be there.
    let private filledIn (environment: string -> string option) (provider: Provider) (template: string) : Result<string, LlmError> =
        let fill (text: Result<string, LlmError>) (setting: ProviderSetting) =
            let named (text: string) =
                setting.Forms |> List.filter (fun (name, _) -> text.Contains("{" + name + "}", StringComparison.Ordinal))

            text
            |> Result.bind (fun text ->
                match named text with
                | [] -> Ok text
                | forms ->
                    valueOf environment provider setting
                    |> Result.map (fun value ->
                        forms
                        |> List.fold
                            (fun (text: string) (name, form) -> text.Replace("{" + name + "}", form value, StringComparison.Ordinal))
                            text))

        provider.Settings |> List.fold fill (Ok template)

    let private filled (environment: string -> string option) (provider: Provider) (template: string) : Result<string, LlmError> =
        if provider.Settings.IsEmpty then Ok template else filledIn environment provider template

    /// Glued once for many requests: most go where those before them went.
    let private below: string -> string -> string = Memo.recent (fun baseUrl path -> $"{baseUrl.TrimEnd '/'}/{path}")

    /// An address with what every url of the provider ends with.
    let private withQuery (environment: string -> string option) (provider: Provider) (address: string) : Result<string, LlmError> =
        let add (url: Result<string, LlmError>) (name: string, template: string) =
            url
            |> Result.bind (fun url ->
                let mark = if url.Contains '?' then "&" else "?"
                filled environment provider template |> Result.map (fun value -> url + mark + name + "=" + Uri.EscapeDataString value))

        List.fold add (Ok address) provider.Query

    /// <summary>
    /// Where a call goes that has this path below the base url; <c>MissingSetting</c> names the variables of a setting that its address
    /// needs and nobody gave.
    /// </summary>
    /// <example>
    /// <c>Clouds.bedrock |> Provider.withSetting "region" "us-east-1" |> Provider.url (fun _ -> None) "model/m/converse"</c> evaluates to
    /// <c>Ok "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse"</c>.
    /// </example>
    let url (environment: string -> string option) (path: string) (provider: Provider) : Result<string, LlmError> =
        let baseUrl =
            match firstSet environment provider.BaseUrlVariables with
            | Some url -> Ok url
            | None -> filled environment provider provider.BaseUrl

        match baseUrl with
        | Error error -> Error error
        | Ok baseUrl when provider.Query.IsEmpty -> Ok(below baseUrl path)
        | Ok baseUrl -> withQuery environment provider (below baseUrl path)
