// From a model id to its provider: data, the longest prefix wins.
namespace Llm.Core

open System
open System.Collections.Concurrent

/// <summary>Which provider serves which model ids. Immutable: adding gives another registry.</summary>
[<NoComparison; NoEquality>]
type Registry =
    private
        {
            known: string list
            /// The id of a known prefix's provider, which is told without the provider.
            idOf: string -> string
            provide: string -> Provider
        }

/// Functions on <see cref="T:Llm.Core.Registry"/>.
[<RequireQualifiedAccess>]
module Registry =
    /// No provider at all.
    let empty: Registry =
        let unknown (prefix: string) = invalidArg (nameof prefix) $"no provider serves {prefix}"
        { known = []; idOf = unknown; provide = unknown }

    /// These prefixes, each with a provider that is made when a model id first asks for it, and kept: a process that calls one provider
    /// does not pay for the making of all, most of which is the compiling of code that it never needs. A prefix begins with its provider's id.
    let internal lazily (prefixes: string list) (make: string -> Provider) : Registry =
        let made = ConcurrentDictionary<string, Provider>()

        {
            known = prefixes
            idOf = fun prefix -> prefix.Substring(0, prefix.AsSpan().IndexOfAny(':', '/'))
            provide = fun prefix -> made.GetOrAdd(prefix, make)
        }

    /// <summary>
    /// Serves all model ids that begin with the prefix, such as <c>openai/</c>. The same prefix again replaces. What follows the last
    /// slash of the prefix is the model's name: <c>openai/gpt-</c> sends <c>gpt-5</c> for <c>openai/gpt-5</c>.
    /// </summary>
    let add (prefix: string) (provider: Provider) (registry: Registry) : Registry =
        {
            known = prefix :: List.filter (fun other -> other <> prefix) registry.known
            idOf = fun asked -> if asked = prefix then provider.Id else registry.idOf asked
            provide = fun asked -> if asked = prefix then provider else registry.provide asked
        }

    /// <summary>The prefixes that are served, in alphabetical order.</summary>
    let prefixes (registry: Registry) : string list = List.sort registry.known

    /// The prefixes whose provider has the id.
    let internal prefixesOf (providerId: string) (registry: Registry) : string list =
        registry.known |> List.filter (fun prefix -> registry.idOf prefix = providerId)

    /// The ids of the providers, in alphabetical order.
    let internal providerIds (registry: Registry) : string list = registry.known |> List.map registry.idOf |> List.distinct |> List.sort

    let rec private longest (modelId: string) (found: string voption) (prefixes: string list) : string voption =
        match prefixes with
        | [] -> found
        | prefix :: rest ->
            let isLonger = found.IsNone || prefix.Length > found.Value.Length
            let fits = isLonger && modelId.StartsWith(prefix, StringComparison.Ordinal)
            longest modelId (if fits then ValueSome prefix else found) rest

    /// <summary>The provider of a model id and the model's name there; <c>UnknownProvider</c> names the known prefixes.</summary>
    let resolve (modelId: string) (registry: Registry) : Result<struct (Provider * string), LlmError> =
        match longest modelId ValueNone registry.known with
        | ValueNone -> Error(LlmError.UnknownProvider(modelId, prefixes registry))
        | ValueSome prefix -> Ok(struct (registry.provide prefix, modelId.Substring(prefix.LastIndexOf '/' + 1)))
