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
    }

/// The dialects of known servers.
[<RequireQualifiedAccess>]
module OllamaDialect =
    /// <summary>Ollama itself, below <c>http://localhost:11434</c>. Source: https://docs.ollama.com/capabilities/thinking.</summary>
    let standard: OllamaDialect =
        {
            Provider = "ollama"
            Path = "api/chat"
            TakesLevels = fun model -> model.Contains("gpt-oss", StringComparison.Ordinal)
        }

    /// The dialect under another provider's id, for callers who cannot copy a record and change a field.
    let internal withProvider (provider: string) (dialect: OllamaDialect) : OllamaDialect = { dialect with Provider = provider }
