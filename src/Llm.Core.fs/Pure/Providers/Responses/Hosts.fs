// The dialects of the Responses format beside OpenAI's own. Data only; the providers stand in Vendors.fs and Clouds.fs.
namespace Llm.Core

/// <summary>The dialects of known vendors of the Responses format.</summary>
[<RequireQualifiedAccess>]
module ResponsesHost =
    /// <summary>xAI (docs.x.ai/docs/api-reference): nothing is kept there, so reasoning comes encrypted and goes back with the message.</summary>
    let xai: ResponsesDialect =
        { ResponsesDialect.standard with
            Provider = "xai"
            SystemRole = "system"
            Reasons = fun name -> not (List.isEmpty (XaiModel.efforts name))
            Effort = fun name -> ThinkingEffort.nearest (XaiModel.efforts name)
            Store = Some false
            Include = [ "reasoning.encrypted_content" ]
            Formats = fun _ -> FormatSupport.full
        }
