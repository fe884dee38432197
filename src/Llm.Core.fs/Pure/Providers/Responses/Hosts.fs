// The dialects of the Responses format beside OpenAI's own. Data only; the providers stand in Vendors.fs and Clouds.fs.
namespace Llm.Core

open System

/// <summary>The dialects of known vendors of the Responses format.</summary>
[<RequireQualifiedAccess>]
module ResponsesHost =
    /// docs.x.ai/docs/guides/reasoning: models that are not here think as they will, and refuse to be told how much.
    let private xaiEfforts (name: string) : string list =
        if name.StartsWith("grok-3-mini", StringComparison.Ordinal) then
            [ "low"; "high" ]
        elif name.StartsWith("grok-4.", StringComparison.Ordinal) then
            [ "none"; "low"; "medium"; "high" ]
        else
            []

    /// <summary>xAI (docs.x.ai/docs/api-reference): nothing is kept there, so reasoning comes encrypted and goes back with the message.</summary>
    let xai: ResponsesDialect =
        { ResponsesDialect.standard with
            Provider = "xai"
            SystemRole = "system"
            Reasons = fun name -> not (List.isEmpty (xaiEfforts name))
            Effort = fun name -> ThinkingEffort.nearest (xaiEfforts name)
            Store = Some false
            Include = [ "reasoning.encrypted_content" ]
            Formats = fun _ -> FormatSupport.full
        }
