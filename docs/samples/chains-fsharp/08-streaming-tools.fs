// Streaming tools: each chunk comes with the tool call that it belongs to, whose arguments show while they grow.
module Samples.StreamingTools

open System.Threading
open Llm.Core

type Book = { title: string; author: string }

let run (model: Model) = task {
    let find = Tool.create "find_book" "Finds a book." (fun (book: Book) -> $"{book.title} by {book.author} stands on shelf 3.")
    let tools = Toolkit.create [ find ]
    let shown = ResizeArray<string>()

    let show (_: Chunk) (call: ToolCallProgress option) =
        match call with
        | Some call when call.Whole.IsSome -> shown.Add $"{call.Name} {call.Arguments}"
        | Some call -> (Partial.ofToolCall<Book> call).TryGet(fun book -> book.title) |> Option.iter shown.Add
        | None -> ()

    return!
        llm {
            let! tools = tools
            let librarian = model |> Model.withTools (Toolkit.toRequest tools)
            let! stream = librarian |> Model.stream [ Message.user "Where is Piranesi?" ] CancellationToken.None
            use stream = stream
            let! _ = stream |> StreamResponse.iterWithToolCalls show CancellationToken.None
            let! response = stream |> StreamResponse.response CancellationToken.None
            let! results = tools |> Toolkit.executeAll () (Response.toolCalls response) CancellationToken.None

            for result in results do
                match result with
                | ToolResult.Finished output -> shown.Add output.Result
                | ToolResult.Waiting call -> shown.Add call.Name

            return List.ofSeq shown
        }
        |> Llm.run CancellationToken.None
}
