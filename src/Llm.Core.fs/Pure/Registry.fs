// From a model id to its provider: data, the longest prefix wins.
namespace Llm.Core

open System

/// <summary>Which provider serves which model ids. Immutable: adding gives another registry.</summary>
[<NoComparison; NoEquality>]
type Registry = private { providers: Map<string, Provider> }

/// Functions on <see cref="T:Llm.Core.Registry"/>.
[<RequireQualifiedAccess>]
module Registry =
    /// No provider at all.
    let empty: Registry = { providers = Map.empty }

    /// <summary>
    /// Serves all model ids that begin with the prefix, such as <c>openai/</c>. The same prefix again replaces. What follows the last
    /// slash of the prefix is the model's name: <c>openai/gpt-</c> sends <c>gpt-5</c> for <c>openai/gpt-5</c>.
    /// </summary>
    let add (prefix: string) (provider: Provider) (registry: Registry) : Registry =
        { providers = Map.add prefix provider registry.providers }

    /// <summary>The prefixes that are served, in alphabetical order.</summary>
    let prefixes (registry: Registry) : string list = registry.providers |> Map.keys |> List.ofSeq

    /// <summary>The provider of a model id and the model's name there; <c>UnknownProvider</c> names the known prefixes.</summary>
    let resolve (modelId: string) (registry: Registry) : Result<struct (Provider * string), LlmError> =
        // In alphabetical order, the last prefix that fits is the longest.
        let longest =
            registry.providers
            |> Map.fold
                (fun found prefix provider ->
                    if modelId.StartsWith(prefix, StringComparison.Ordinal) then
                        ValueSome(struct (prefix, provider))
                    else
                        found)
                ValueNone

        match longest with
        | ValueNone -> Error(LlmError.UnknownProvider(modelId, prefixes registry))
        | ValueSome(struct (prefix, provider)) -> Ok(struct (provider, modelId.Substring(prefix.LastIndexOf '/' + 1)))
