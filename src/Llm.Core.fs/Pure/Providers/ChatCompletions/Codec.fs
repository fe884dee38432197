// The chat completions format as a codec: encoding and decoding put together for a vendor's dialect.
namespace Llm.Core

/// <summary>
/// OpenAI's chat completions and all that speak like them (platform.openai.com/docs/api-reference/chat). A stream is proven complete by
/// a <c>finish_reason</c>, or by <c>[DONE]</c>.
/// </summary>
/// <example><c>ChatCompletions.codec (ChatDialect.standard "acme")</c></example>
[<RequireQualifiedAccess>]
module ChatCompletions =
    let private step (provider: string) (state: ChatState) (event: WireEvent) =
        match ChatDecodeFast.tryRead state event with
        | ValueSome chunks -> Ok(struct (chunks, state))
        | ValueNone -> ChatDecode.careful provider state event

    /// <summary>The codec of a dialect.</summary>
    let codec (dialect: ChatDialect) : Codec =
        {
            Api = ChatEncode.api
            Encode = ChatEncode.request dialect
            DecodeWhole = ChatDecode.whole dialect.Provider
            Decoder = Decoder.create (step dialect.Provider) (fun state -> state.IsDone) ChatState.initial
            DecodeError = ErrorBody.ofAnswer dialect.Provider
            TokenCounter = None
            ModelListing =
                dialect.ModelsPath |> Option.map (fun path -> Inquiries.listing dialect.Provider Inquiries.openai (fun _ -> path))
        }
