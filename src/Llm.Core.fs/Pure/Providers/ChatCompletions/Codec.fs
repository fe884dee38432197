// The chat completions format as a codec: encoding and decoding put together for a vendor's dialect.
namespace Llm.Core

open System

/// <summary>
/// OpenAI's chat completions and all that speak like them (platform.openai.com/docs/api-reference/chat). A stream is proven complete by
/// a <c>finish_reason</c>, or by <c>[DONE]</c>.
/// </summary>
/// <example><c>ChatCompletions.codec (ChatDialect.standard "acme")</c></example>
[<RequireQualifiedAccess>]
module ChatCompletions =
    let private reader (provider: string) : EventReader<ChatState> =
        {
            Hot = EventReader.still ChatDecodeFast.read
            Counters = EventReader.noCounters
            Careful = ChatDecode.careful provider
            Beside = ChatDecode.beside
            IsDone = _.IsDone
            NewFramer = fun () -> new TextFramer()
        }

    let private whole (provider: string) (body: ReadOnlyMemory<byte>) : Result<Chunk list, LlmError> =
        match ChatDecodeWholeFast.tryRead body with
        | ValueSome chunks -> Ok chunks
        | ValueNone -> ChatDecode.whole provider body

    /// <summary>The codec of a dialect.</summary>
    let codec (dialect: ChatDialect) : Codec =
        {
            Api = ChatEncode.api
            Target = ChatMessages.goesTo dialect
            Encode = ChatEncode.request dialect
            DecodeWhole = whole dialect.Provider
            Decoder = Decoder.ofReader (reader dialect.Provider) ChatState.initial
            DecodeError = ErrorBody.ofAnswer dialect.Provider
            TokenCounter = None
            ModelListing =
                dialect.ModelsPath |> Option.map (fun path -> Inquiries.listing dialect.Provider Inquiries.openai (fun _ -> path))
        }
