// Ollama's native formats as codecs: encoding and decoding put together for a dialect.
namespace Llm.Core

/// <summary>
/// Ollama's native formats (https://docs.ollama.com/api/chat): lines of JSON, proven complete by <c>done: true</c>. Ollama gives its
/// answers no id, and older servers none to tool calls: those get ids of ours, which are not sent back.
/// </summary>
/// <example><c>OllamaChat.codec OllamaDialect.standard</c></example>
[<RequireQualifiedAccess>]
module OllamaChat =
    let private reader (provider: string) : EventReader<OllamaState> =
        { new EventReader<OllamaState>() with
            override reader.Hot(marks, state, event) = reader.Still(state, OllamaFast.read marks state event)
            override _.Careful(state, event) = OllamaDecode.careful provider state event
            override _.IsDone state = state.IsDone
        }

    /// https://docs.ollama.com/api/tags: what is on this server.
    let private names: ListingNames =
        {
            List = "models"
            Id = [ "model"; "name" ]
            IdPrefix = ""
            Name = [ "name" ]
            Created = [ "modified_at" ]
            Input = []
            Output = []
            Next = fun _ -> None
        }

    /// <summary>The codec of a dialect: conversations, by <c>api/chat</c>. Several texts of a message are sent as lines of one.</summary>
    let codec (dialect: OllamaDialect) : Codec =
        {
            Api = OllamaEncode.api
            Target = OllamaEncode.goesTo dialect
            Encode = OllamaEncode.request dialect
            DecodeWhole = OllamaDecode.whole dialect.Provider
            DecodePlain = Codec.neverPlain
            Decoder = Decoder.ofReader (reader dialect.Provider) OllamaState.initial
            DecodeError = ErrorBody.ofAnswer dialect.Provider
            TokenCounter = None
            ModelListing = Some(Inquiries.listing dialect.Provider names (fun _ -> "api/tags"))
        }

    /// <summary>
    /// A reader of what <c>api/generate</c> answered to a single prompt, for stored traffic: its <c>Encode</c> is
    /// <c>FeatureNotSupported</c>, for a conversation is sent by <c>api/chat</c>.
    /// </summary>
    let generate (dialect: OllamaDialect) : Codec =
        { codec dialect with
            Api = OllamaEncode.generateApi
            Encode =
                fun request ->
                    Error(
                        LlmError.FeatureNotSupported(
                            "generate",
                            dialect.Provider,
                            Some request.Model,
                            Some "send the conversation by api/chat"
                        )
                    )
        }
