// Reading structured output that came as a call of the tool that carries it: to the caller it is text, whole and streamed.
// Wraps a codec; called by the model when that way was chosen.
namespace Llm.Core

[<RequireQualifiedAccess>]
module internal StructuredOutput =
    let private shown (carriers: Indices) (chunks: Chunk list) : struct (Chunk list * Indices) =
        let reversed, carriers =
            chunks
            |> List.fold
                (fun (taken, carriers) chunk ->
                    let struct (seen, carriers) = OutputFormat.showAsText carriers chunk
                    seen :: taken, carriers)
                ([], carriers)

        struct (List.rev reversed, carriers)

    /// The indices of the calls that carry output are its state, beside the inner decoder's own.
    type private TextDecoder(inner: Decoder, carriers: Indices) =
        inherit Decoder()

        override _.IsDone = inner.IsDone

        override _.NewFramer() = inner.NewFramer()

        override _.Beside event =
            let struct (seen, _) = shown carriers (Chunks.toList (inner.Beside event))
            Chunks.ofList seen

        override _.Step event =
            inner.Step event
            |> Result.map (fun (struct (chunks, next)) ->
                let struct (seen, carriers) = shown carriers (Chunks.toList chunks)
                struct (Chunks.ofList seen, (TextDecoder(next, carriers) :> Decoder)))

    let private isCarrier (part: AssistantPart) =
        match part with
        | AssistantPart.ToolCall call -> OutputFormat.isFormatTool call.Name
        | _ -> false

    let private shownPart (part: AssistantPart) : AssistantPart =
        match part with
        | AssistantPart.ToolCall call when isCarrier part -> AssistantPart.Text call.Arguments
        | other -> other

    /// A call without arguments may have said nothing, or an empty object: the chunks tell.
    let private isBare (part: AssistantPart) =
        match part with
        | AssistantPart.ToolCall call -> isCarrier part && call.Arguments = "{}"
        | _ -> false

    let private shownReply (reply: Reply) : Reply voption =
        if List.exists isBare reply.Content then
            ValueNone
        else
            ValueSome { reply with Content = List.map shownPart reply.Content }

    /// The codec whose answers show what the tool for structured output was called with as text.
    let asText (codec: Codec) : Codec =
        let whole body =
            codec.DecodeWhole body
            |> Result.map (fun chunks ->
                let struct (seen, _) = shown ByIndex.empty chunks
                seen)

        { codec with
            DecodeWhole = whole
            DecodePlain = codec.DecodePlain >> ValueOption.bind shownReply
            Decoder = TextDecoder(codec.Decoder, ByIndex.empty)
        }

    /// The codec for an answer in a format, by the mode that was chosen.
    let codecFor (format: OutputFormat option) (codec: Codec) : Codec =
        match format with
        | Some { Mode = Some FormatMode.Tool } -> asText codec
        | _ -> codec
