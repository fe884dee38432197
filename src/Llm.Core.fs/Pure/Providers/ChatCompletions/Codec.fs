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
    /// Events that are no deltas: mostly those that frame a text.
    let private careful (provider: string) (state: ChatState) (event: WireEvent) : Result<struct (Chunks * ChatState), LlmError> =
        match ChatDecodePlain.tryRead state event with
        | ValueSome read -> Ok read
        | ValueNone -> ChatDecode.careful provider state event

    let private reader (provider: string) : EventReader<ChatState> =
        { new EventReader<ChatState>() with
            override reader.Hot(marks, state, event) = reader.Still(state, ChatDecodeFast.read marks state event)
            override _.Careful(state, event) = careful provider state event
            override _.IsDone state = state.IsDone
            override _.Beside(state, event) = ChatDecode.beside state event
        }

    /// <summary>The codec of a dialect.</summary>
    let codec (dialect: ChatDialect) : Codec =
        let dialect = { dialect with Model = Memo.latest dialect.Model }

        {
            Api = ChatEncode.api
            Target = ChatMessages.goesTo dialect
            Encode = ChatEncode.request dialect
            DecodeWhole = ChatDecode.whole dialect.Provider
            DecodePlain = ChatDecodeWholeFast.tryRead
            Decoder = Decoder.ofReader (reader dialect.Provider) ChatState.initial
            DecodeError = ErrorBody.ofAnswer dialect.Provider
            TokenCounter = None
            ModelListing =
                dialect.ModelsPath |> Option.map (fun path -> Inquiries.listing dialect.Provider Inquiries.openai (fun _ -> path))
        }
