// What calls need from the outside: providers, transport, environment, time, limits. All are values with defaults at the edge.
namespace Llm.Core

open System

/// <summary>Everything that a call uses besides its arguments. Immutable; change it with <c>{ client with ... }</c>.</summary>
[<NoComparison; NoEquality>]
type Client =
    {
        /// Who serves which model ids.
        Registry: Registry
        /// How requests get there.
        Transport: Transport
        /// An environment variable's value, by its name.
        Environment: string -> string option
        /// For timeouts.
        TimeProvider: TimeProvider
        /// How long to wait.
        Timeouts: Timeouts
        /// The most bytes of an answer, whole or streamed.
        MaxAnswerBytes: int64
        /// Is told of everything that a provider lacks and that was left out.
        OnWarning: Warning -> unit
    }

/// Signs requests with a provider's key.
[<RequireQualifiedAccess>]
module internal Auth =
    let private fromEnvironment (environment: string -> string option) (variables: string list) =
        variables
        |> List.tryPick (fun variable ->
            // A line break at the end of a mounted file is no part of a key.
            environment variable |> Option.map (fun value -> value.Trim()) |> Option.filter (fun value -> value <> ""))

    /// The key that was given, else the environment's.
    let key (environment: string -> string option) (provider: Provider) : Result<Secret option, LlmError> =
        match provider.KeyPlace, provider.Key with
        | KeyPlace.Nowhere, _ -> Ok None
        | _, Some key -> Ok(Some key)
        | _, None ->
            match fromEnvironment environment provider.KeyVariables with
            | Some value -> Ok(Some(Secret.create value))
            | None -> Error(LlmError.MissingApiKey(provider.Id, provider.KeyVariables))

    /// The header that carries the key.
    let header (place: KeyPlace) (key: Secret) : (string * Secret) list =
        match place with
        | KeyPlace.Bearer -> [ "Authorization", Secret.create ("Bearer " + Secret.reveal key) ]
        | KeyPlace.Header name -> [ name, key ]
        | KeyPlace.Nowhere -> []

    /// Where the provider's API is: the environment may say.
    let baseUrl (environment: string -> string option) (provider: Provider) : string =
        let url = fromEnvironment environment provider.BaseUrlVariables |> Option.defaultValue provider.BaseUrl

        url.TrimEnd '/'

/// Functions on <see cref="T:Llm.Core.Client"/>.
[<RequireQualifiedAccess>]
module Client =
    let private environment (name: string) : string option = Environment.GetEnvironmentVariable name |> Option.ofObj

    /// <summary>The known providers, the shared HTTP transport, the process's environment, and generous limits (256 MiB an answer).</summary>
    let standard: Client =
        {
            Registry = Vendors.registry
            Transport = HttpTransport.standard
            Environment = environment
            TimeProvider = TimeProvider.System
            Timeouts = Timeouts.standard
            MaxAnswerBytes = 256L * 1024L * 1024L
            OnWarning = ignore
        }

    /// <summary>The client with another transport, such as a recorded or scripted one.</summary>
    let withTransport (transport: Transport) (client: Client) : Client = { client with Transport = transport }

    /// <summary>The client with one more provider: model ids that begin with the prefix go there.</summary>
    let withProvider (prefix: string) (provider: Provider) (client: Client) : Client =
        { client with Registry = Registry.add prefix provider client.Registry }
