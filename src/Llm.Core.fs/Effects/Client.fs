// What calls need from the outside: providers, credentials, transport, environment, time, limits. All are values with defaults at the edge.
// Requests are signed and sent by Outgoing.
namespace Llm.Core

open System

/// <summary>Everything that a call uses besides its arguments. Immutable; change it with <c>{ client with ... }</c>.</summary>
[<NoComparison; NoEquality>]
type Client =
    {
        /// Who serves which model ids.
        Registry: Registry
        /// How requests are signed, by the beginnings of model ids: the longest that fits counts, and the provider's own data where none does.
        Auths: (string * Auth) list
        /// How requests get there.
        Transport: Transport
        /// An environment variable's value, by its name.
        Environment: string -> string option
        /// For timeouts, signatures and the expiry of tokens.
        TimeProvider: TimeProvider
        /// How long to wait.
        Timeouts: Timeouts
        /// The most bytes of an answer, whole or streamed.
        MaxAnswerBytes: int64
        /// Is told of everything that a provider lacks and that was left out.
        OnWarning: Warning -> unit
    }

/// Functions on <see cref="T:Llm.Core.Client"/>.
[<RequireQualifiedAccess>]
module Client =
    let private environment (name: string) : string option = Environment.GetEnvironmentVariable name |> Option.ofObj

    /// <summary>The known providers, the shared HTTP transport, the process's environment, and generous limits (256 MiB an answer).</summary>
    let standard: Client =
        {
            Registry = Vendors.registry
            Auths = []
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

    /// <summary>
    /// The client that signs requests for model ids that begin with the prefix in this way, whatever keys there are. The longest prefix wins.
    /// </summary>
    /// <example>
    /// <c>Client.standard |> Client.withAuth "azure" auth</c> signs for <c>azure/gpt-5</c> and for <c>azure:completions/gpt-5</c>.
    /// </example>
    let withAuth (prefix: string) (auth: Auth) (client: Client) : Client = { client with Auths = Auths.add prefix auth client.Auths }
