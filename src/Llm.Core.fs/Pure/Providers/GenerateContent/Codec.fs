// The wire format generateContent as a value.
namespace Llm.Core

/// <summary>Gemini's wire format <c>generateContent</c>, for the Gemini API and Vertex AI.</summary>
[<RequireQualifiedAccess>]
module GenerateContent =
    let private careful
        (dialect: GenerateContentDialect)
        (state: GeminiState)
        (event: WireEvent)
        : Result<struct (Chunks * GeminiState), LlmError> =
        match GeminiJson.parse event.Data (GenerateContentDecode.careful dialect state) with
        | Ok result -> result
        | Error message -> Error(ErrorBody.invalid dialect.Provider message event.Data)

    let private reader (dialect: GenerateContentDialect) : EventReader<GeminiState> =
        {
            Hot = GenerateContentFast.read
            Counted =
                fun counter value delta state -> GenerateContentFast.counted (GeminiCounts.withCount counter value state.Counts) delta state
            Careful = careful dialect
            IsDone = fun _ -> false
            NewFramer = fun () -> new TextFramer()
        }

    /// <summary>
    /// What ids begin with that the library gives to tool calls that came without one. Such an id is never sent: the API matches
    /// the outputs of those calls by name and order.
    /// </summary>
    let ownIdPrefix: string = ToolCallId.prefix

    /// <summary>The codec in a vendor's dialect.</summary>
    /// <example><c>GenerateContent.codec GenerateContentDialect.standard</c></example>
    let codec (dialect: GenerateContentDialect) : Codec =
        {
            Api = GenerateContentEncode.api
            Encode = GenerateContentEncode.encode dialect
            DecodeWhole = GenerateContentDecode.whole dialect
            Decoder = Decoder.ofReader (reader dialect) GeminiState.initial
            DecodeError = ErrorBody.ofAnswer dialect.Provider
        }
