// What xAI's models take, by their names, in whichever format they are asked. Read by the dialects of xAI.
namespace Llm.Core

open System

[<RequireQualifiedAccess>]
module internal XaiModel =
    /// By the beginnings of names; the first match counts.
    let private known: (string * string list) list =
        [
            "grok-3-mini", [ "low"; "high" ]
            // More effort is more agents.
            "grok-4.20-multi-agent", [ "low"; "medium"; "high"; "xhigh" ]
            "grok-4.20", []
            "grok-4.3", [ "none"; "low"; "medium"; "high" ]
            "grok-4.5", [ "low"; "medium"; "high" ]
            "grok-4.", [ "low"; "medium"; "high"; "xhigh" ]
        ]

    /// The efforts that a model lets choose from, from little to much (docs.x.ai/developers/model-capabilities/text/reasoning). Models that
    /// are not here think as they will, and refuse to be told how much.
    let efforts (name: string) : string list =
        known
        |> List.tryFind (fun (beginning, _) -> name.StartsWith(beginning, StringComparison.Ordinal))
        |> Option.map snd
        |> Option.defaultValue []
