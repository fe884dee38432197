// An agent that buys books: one of its tools fails, and one waits for a person, who decides after the conversation was stored and read back.
// It runs offline, against a server on this machine whose model follows a script.
module Agent.Program

open System.Threading
open Llm.Core
open Llm.Samples.Loopback

/// What the tools need from the program: it is handed over at the call, and the model never sees it.
type Shop = { Customer: string; Prices: Map<string, decimal> }

let checkStock =
    Tool.create "check_stock" "How many copies of a book are in stock." (fun (book: {| Title: string |}) ->
        failwith $"The warehouse does not answer, so nobody knows about {book.Title}."
        0)

let orderBook =
    Tool.createWithContext "order_book" "Orders copies of a book." (fun (shop: Shop) (order: {| Title: string; Copies: int |}) -> async {
        return
            match Map.tryFind order.Title shop.Prices with
            | Some price -> Ok $"{order.Copies} of {order.Title} for {shop.Customer}: {price * decimal order.Copies} EUR."
            | None -> Error $"There is no {order.Title}."
    })
    |> Tool.withApproval

/// What the model does, for there is none on this machine.
let script =
    [|
        Turn.Calls(
            "Let me see.",
            { Name = "check_stock"; Arguments = """{"Title":"Piranesi"}""" },
            { Name = "order_book"; Arguments = """{"Title":"Piranesi","Copies":2}""" }
        )
        Turn.Says "I could not check the stock, but two copies of Piranesi are ordered, for 24 EUR."
    |]

let offline (server: LoopbackServer) =
    let provider = Vendors.anthropic |> Provider.withBaseUrl server.BaseUrl |> Provider.withKey "none"
    Model.parse "loopback/bookworm" |> Model.withClient (Client.standard |> Client.withProvider "loopback/" provider)

let show (results: ToolResult list) =
    for result in results do
        match result with
        | ToolResult.Finished output when output.IsError -> printfn "%s failed: %s" output.Name output.Result
        | ToolResult.Finished output -> printfn "%s: %s" output.Name output.Result
        | ToolResult.Waiting call -> printfn "%s waits for approval: %s" call.Name call.Arguments

/// Perhaps days later, on another machine: the calls that wait are approved, and the conversation goes on.
let decide model shop toolkit conversation waiting cancellationToken = task {
    match Conversation.ofJson conversation, ToolResult.ofJson waiting with
    | Error error, _
    | _, Error error -> return Error error
    | Ok messages, Ok results ->
        let mutable settled = results

        for call in ToolResult.waiting results do
            let! output = toolkit |> Toolkit.approve shop call cancellationToken
            settled <- ToolResult.settle output settled

        printfn "Approved."
        show settled
        return! model |> ToolLoop.resume 8 shop toolkit messages settled cancellationToken
}

let run model shop toolkit cancellationToken = task {
    let question = [ Message.user "Please order two copies of Piranesi." ]

    match! model |> ToolLoop.run 8 shop toolkit question cancellationToken with
    | Ok { End = ToolLoopEnd.Waiting results; Response = response } ->
        show results
        let conversation, waiting = Conversation.toJson response.Messages, ToolResult.toJson results
        printfn "Stored until somebody decides."
        return! decide model shop toolkit conversation waiting cancellationToken
    | other -> return other
}

[<EntryPoint>]
let main _ =
    use server = LoopbackServer.Follow script
    let shop = { Customer = "Jo"; Prices = Map [ "Piranesi", 12.00m ] }

    let ended =
        Toolkit.create [ Tool.inContext checkStock; orderBook ]
        |> Result.bind (fun toolkit -> (run (offline server) shop toolkit CancellationToken.None).Result)

    match ended with
    | Ok { End = ToolLoopEnd.Answered; Response = response } ->
        printfn "%s" (Response.text response)
        0
    | Ok run ->
        eprintfn "It did not answer: %A" run.End
        1
    | Error error ->
        eprintfn "%s" (LlmError.render error)
        1
