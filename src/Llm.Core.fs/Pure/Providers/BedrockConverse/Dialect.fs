// Where an endpoint of Bedrock's Converse differs, and what the models behind it take beside the common parameters, as data.
// Read by the encoder and decoder of this folder; knows neither.
namespace Llm.Core

open System

/// How a model behind Converse is told how much to think, in <c>additionalModelRequestFields</c>.
[<RequireQualifiedAccess>]
type ConverseThinking =
    /// Not at all.
    | Unsupported
    /// As Anthropic has it: <c>thinking</c>, and <c>output_config</c> where the model thinks by effort.
    | Anthropic of AnthropicModel
    /// <c>reasoning_effort</c>: low, medium or high, as OpenAI's open models take it.
    | Effort
    /// <c>reasoningConfig</c> with <c>maxReasoningEffort</c>: low, medium or high, as Amazon Nova 2 takes it.
    | Nova

/// <summary>What a model takes; what it would refuse or ignore is left out with a warning.</summary>
type ConverseModel =
    {
        /// Where <c>top_k</c> stands in <c>additionalModelRequestFields</c>, from the outermost name; empty when the model has none.
        TopK: string list
        /// How it is told how much to think.
        Thinking: ConverseThinking
    }

/// Functions on <see cref="T:Llm.Core.ConverseModel"/>.
[<RequireQualifiedAccess>]
module ConverseModel =
    /// Models by words in their names; the first match counts. Source: Bedrock's pages on the parameters of each maker's models.
    let private known: (string * ConverseModel) list =
        let model topK thinking = { TopK = topK; Thinking = thinking }
        let novaTopK = [ "inferenceConfig"; "topK" ]

        [
            "nova-2", model novaTopK ConverseThinking.Nova
            "nova", model novaTopK ConverseThinking.Unsupported
            "gpt-oss", model [] ConverseThinking.Effort
            "mistral", model [ "top_k" ] ConverseThinking.Unsupported
            "cohere.command-r", model [ "k" ] ConverseThinking.Unsupported
        ]

    /// <summary>What a model takes, by its name; only the common parameters where it is not known.</summary>
    /// <example><c>(ConverseModel.ofName "us.amazon.nova-lite-v1:0").TopK</c> evaluates to <c>[ "inferenceConfig"; "topK" ]</c>.</example>
    let ofName (name: string) : ConverseModel =
        let has (word: string) = name.Contains(word, StringComparison.OrdinalIgnoreCase)

        if has "claude" then
            { TopK = [ "top_k" ]; Thinking = ConverseThinking.Anthropic(AnthropicModel.ofName name) }
        else
            known
            |> List.tryFind (fun (word, _) -> has word)
            |> Option.map snd
            |> Option.defaultValue { TopK = []; Thinking = ConverseThinking.Unsupported }

/// <summary>How an endpoint of Converse differs.</summary>
/// <example><c>{ ConverseDialect.standard with Provider = "mine" }</c></example>
[<NoComparison; NoEquality>]
type ConverseDialect =
    {
        /// The provider's id, in errors, warnings and the origin of messages.
        Provider: string
        /// Path below the base url, for a model (its id, or the ARN of an inference profile) and whether the answer is streamed.
        Path: string -> bool -> string
        /// What the model of a name takes.
        Model: string -> ConverseModel
        /// <c>maxTokens</c> where the caller gives none and a Claude is to think with a budget, which must be smaller. In tokens.
        DefaultMaxTokens: int
    }

/// The dialects of known endpoints.
[<RequireQualifiedAccess>]
module ConverseDialect =
    /// <summary>
    /// Amazon Bedrock, below <c>https://bedrock-runtime.REGION.amazonaws.com</c>. Source: Bedrock's API reference, Converse and
    /// ConverseStream.
    /// </summary>
    /// <example>
    /// <c>ConverseDialect.standard.Path "us.amazon.nova-lite-v1:0" true</c> evaluates to
    /// <c>"model/us.amazon.nova-lite-v1%3A0/converse-stream"</c>.
    /// </example>
    let standard: ConverseDialect =
        {
            Provider = "bedrock"
            Path =
                fun model stream ->
                    let verb = if stream then "converse-stream" else "converse"
                    $"model/{Uri.EscapeDataString model}/{verb}"
            Model = ConverseModel.ofName
            DefaultMaxTokens = 16000
        }

    /// The dialect under another provider's id, for callers who cannot copy a record and change a field.
    let internal withProvider (provider: string) (dialect: ConverseDialect) : ConverseDialect = { dialect with Provider = provider }
