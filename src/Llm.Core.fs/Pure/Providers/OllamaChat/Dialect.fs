// Where servers and models of Ollama's native format differ: data only. Read by the encoder.
namespace Llm.Core

open System

/// <summary>How a server of Ollama's native format differs.</summary>
/// <example><c>{ OllamaDialect.standard with Provider = "gpu-box" }</c></example>
[<NoComparison; NoEquality>]
type OllamaDialect =
    {
        /// The provider's id, in errors, warnings and the origin of messages.
        Provider: string
        /// Path and query below the base url.
        Path: string
        /// Whether the model of a name takes a level of thinking (<c>low</c>, <c>medium</c>, <c>high</c>) rather than yes or no.
        TakesLevels: string -> bool
        /// Whether thoughts of an earlier answer go back to the model that sent them, as the message's <c>thinking</c>, where the message
        /// does not go back as it came.
        ReturnsThoughts: bool
    }

/// The dialects of known servers.
[<RequireQualifiedAccess>]
module OllamaDialect =
    /// <summary>
    /// Ollama itself, below <c>http://localhost:11434</c>. Sources: https://docs.ollama.com/capabilities/thinking;
    /// https://docs.ollama.com/api/chat for the message's <c>thinking</c>, which the loop of
    /// https://docs.ollama.com/capabilities/tool-calling sends back.
    /// </summary>
    let standard: OllamaDialect =
        {
            Provider = "ollama"
            Path = "api/chat"
            TakesLevels = fun model -> model.Contains("gpt-oss", StringComparison.Ordinal)
            ReturnsThoughts = true
        }

    /// The dialect under another provider's id, for callers who cannot copy a record and change a field.
    let internal withProvider (provider: string) (dialect: OllamaDialect) : OllamaDialect = { dialect with Provider = provider }
