// The view of a stream as a value that grows: what is known of it after each piece of text, and at last the value itself.
namespace Llm.Core

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks

/// The state of the view.
[<NoComparison; NoEquality>]
type private Growth =
    {
        View: View
        Text: TextBuffer
        /// What was shown last.
        Shown: PartialJson option
        IsOver: bool
    }

/// <summary>Streamed answers as values that grow.</summary>
[<RequireQualifiedAccess>]
module StreamPartials =
    let private start (format: Format<'value>) : Growth =
        { View = View.start format.style; Text = TextBuffer.empty; Shown = None; IsOver = false }

    let private last (format: Format<'value>) (growth: Growth) : Partial<'value> =
        let text = growth.Text.ToString()
        let result = Format.parse text format

        // Prose before the answer may have looked like it.
        let json =
            match result, Answer.extract text with
            | Ok _, Ok whole -> Format.partial (Json.text whole) format
            | _ -> growth.Shown

        Partial(json, Some result, format.decodePartial)

    let private step (format: Format<'value>) (growth: Growth) (chunk: Chunk) : struct (Shown<Partial<'value>> * Growth) =
        let struct (piece, view) = View.step growth.View chunk
        let grown = { growth with View = view; Text = if piece = "" then growth.Text else TextBuffer.append piece growth.Text }

        match chunk with
        | _ when growth.IsOver -> struct (Nothing, grown)
        | Chunk.Finish _ -> struct (Item(last format grown), { grown with IsOver = true })
        | _ when piece = "" -> struct (Nothing, grown)
        | _ ->
            match Format.partial (grown.Text.ToString()) format, growth.Shown with
            | None, _ -> struct (Nothing, grown)
            | Some json, Some shown when json = shown || not (PartialJson.isGrowth json shown) -> struct (Nothing, grown)
            | Some json, _ -> struct (Item(Partial(Some json, None, format.decodePartial)), { grown with Shown = Some json })

    /// <summary>
    /// What is known of the value, each time that more is: each has grown from the one before. The last has a <c>Result</c>: the value, or what
    /// is wrong with the answer. Where the stream is not complete the last item is an <c>Error</c>, as in every view.
    /// </summary>
    let view
        (format: Format<'value>)
        (cancellationToken: CancellationToken)
        (stream: StreamResponse)
        : IAsyncEnumerable<Result<Partial<'value>, LlmError>> =
        ViewEnumerable(stream.Live, 0, start format, step format, cancellationToken)

    /// <summary>Hands over what is known of the value, each time that more is, and tells how the stream ended.</summary>
    /// <example>
    /// <c>stream |> StreamPartials.iter format (fun partial -> partial.TryGet(fun book -> book.Title) |> Option.iter show) cancellationToken</c>
    /// </example>
    let iter
        (format: Format<'value>)
        (action: Partial<'value> -> unit)
        (cancellationToken: CancellationToken)
        (stream: StreamResponse)
        : Task<StreamEnd> =
        task {
            let show growth chunk =
                let struct (shown, next) = step format growth chunk

                match shown with
                | Item partial -> action partial
                | Nothing
                | End -> ()

                next

            let! _, ending = StreamResponse.fold show (start format) cancellationToken stream
            return ending
        }
