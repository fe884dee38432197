// Reading structured output that came as a call of the tool that carries it: to the caller it is text, whole and streamed.
// Wraps a codec; called by the model when that way was chosen.
namespace Llm.Core

[<RequireQualifiedAccess>]
module internal StructuredOutput =
    let private shown (carriers: Set<int>) (chunks: Chunk list) : struct (Chunk list * Set<int>) =
        let reversed, carriers =
            chunks
            |> List.fold
                (fun (taken, carriers) chunk ->
                    let struct (seen, carriers) = OutputFormat.showAsText carriers chunk
                    seen :: taken, carriers)
                ([], carriers)

        struct (List.rev reversed, carriers)

    /// The indices of the calls that carry output are its state, beside the inner decoder's own.
    type private TextDecoder(inner: Decoder, carriers: Set<int>) =
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

    /// The codec whose answers show what the tool for structured output was called with as text.
    let asText (codec: Codec) : Codec =
        let whole body =
            codec.DecodeWhole body
            |> Result.map (fun chunks ->
                let struct (seen, _) = shown Set.empty chunks
                seen)

        { codec with DecodeWhole = whole; Decoder = TextDecoder(codec.Decoder, Set.empty) }

    /// The codec for an answer in a format, by the mode that was chosen.
    let codecFor (format: OutputFormat option) (codec: Codec) : Codec =
        match format with
        | Some { Mode = Some FormatMode.Tool } -> asText codec
        | _ -> codec
