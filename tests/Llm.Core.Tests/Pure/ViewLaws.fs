// What is shown piece by piece is what is shown of the whole.
module Llm.Core.Tests.ViewLaws

open Llm.Core
open Llm.FsCheck

let private shown (style: ViewStyle) (chunks: Chunk list) : string =
    let step view chunk =
        let struct (text, next) = View.step view chunk
        text, next

    chunks |> List.mapFold step (View.start style) |> fst |> String.concat ""

[<Law(MaxTest = 300)>]
let ``the pieces of a view are its whole`` (stream: WellFormedStream) =
    let chunks = Rewriting.beginInOrder stream.Chunks

    Law.all
        [
            Law.equal "text" (Content.text stream.Reply.Content) (shown ViewStyle.Text chunks)
            Law.equal "pretty" (Content.pretty stream.Reply.Content) (shown ViewStyle.Pretty chunks)
        ]
    |> Law.toProperty

[<Law(MaxTest = 300)>]
let ``a view of split deltas is the same view`` (stream: WellFormedStream) (cuts: Cuts) =
    let chunks = Rewriting.beginInOrder stream.Chunks

    [ ViewStyle.Text; ViewStyle.Pretty ]
    |> Law.forEach (fun style ->
        Law.equal "a view of split deltas is the same view" (shown style chunks) (shown style (Rewriting.split cuts chunks)))
    |> Law.toProperty
