// Amazon Bedrock's Converse as a codec: API reference of the Bedrock runtime, Converse and ConverseStream.
// Encoder and decoder stand beside it.
namespace Llm.Core

open System

/// <summary>Converse of Amazon Bedrock: one format for the models of many makers. Streams are frames of Amazon's event stream.</summary>
[<RequireQualifiedAccess>]
module BedrockConverse =
    let private reader (provider: string) : EventReader<ConverseState> =
        { new EventReader<ConverseState>() with
            override reader.Hot(marks, state, event) = reader.Still(state, ConverseDeltas.read marks state event)
            override _.Careful(state, event) = ConverseDecode.careful state event
            override _.IsDone state = state.IsDone
            override _.NewFramer() = new EventStreamFramer(provider, FramePayload.Plain)
        }

    /// What is counted; of the rest an answer is made. API reference of the Bedrock runtime, ConverseTokensRequest.
    let private counted = [ "messages"; "system"; "toolConfig"; "additionalModelRequestFields" ]

    let private counter (dialect: ConverseDialect) : TokenCounter =
        let ask (request: Request) (encoded: EncodedRequest) =
            let question = Inquiries.bodyOf encoded |> Inquiries.keep counted |> Inquiries.wrap "converse" |> Inquiries.wrap "input"
            let model = Inquiries.withoutRegion request.Model
            { encoded with Path = $"model/{Uri.EscapeDataString model}/count-tokens" } |> Inquiries.withBody question

        {
            Encode = fun request -> ConverseEncode.request dialect { request with Stream = false } |> Result.map (ask request)
            Decode = Inquiries.count dialect.Provider "inputTokens"
        }

    /// API reference of Bedrock, ListFoundationModels: at the host of its control plane.
    let private listing (provider: string) : ModelListing =
        let names =
            {
                List = "modelSummaries"
                Id = [ "modelId" ]
                IdPrefix = ""
                Name = [ "modelName" ]
                Created = []
                Input = []
                Output = []
                Next = fun _ -> None
            }

        { Inquiries.listing provider names (fun _ -> "foundation-models") with
            Url = fun url -> url.Replace("//bedrock-runtime", "//bedrock", StringComparison.Ordinal)
        }

    /// <summary>
    /// The codec of a dialect. Neighbouring messages of one role become one turn; later system messages join the leading ones with a
    /// warning; a document without a text beside it is <c>InvalidRequest</c>; images and documents by an address outside Amazon S3 are
    /// <c>FeatureNotSupported</c>. Parameters that the model lacks are left out with a warning.
    /// </summary>
    /// <example><c>BedrockConverse.codec ConverseDialect.standard</c></example>
    let codec (dialect: ConverseDialect) : Codec =
        {
            Api = ConverseEncode.api
            Target = Target.create dialect.Provider ConverseEncode.api
            Encode = ConverseEncode.request dialect
            DecodeWhole = ConverseDecode.whole dialect.Provider
            DecodePlain = Codec.neverPlain
            Decoder = Decoder.ofReader (reader dialect.Provider) (ConverseDecode.initial dialect.Provider)
            DecodeError = ErrorBody.ofAnswer dialect.Provider
            TokenCounter = Some(counter dialect)
            ModelListing = Some(listing dialect.Provider)
        }
