// Every provider from end to end over HTTP on this machine: a tool is called, its output answered, the conversation resumed; whole and
// streamed. The fakes check url, credentials and body apart from the library.
module Llm.Core.Tests.VendorTests

open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.Fakes

let private none = CancellationToken.None

let private cases = VendorCases.all |> List.map (fun case -> TestCaseData(case).SetArgDisplayNames $"{case}: {case.Path}")

let private weather =
    Tool.create Conversation.toolName "The weather in a city." (fun (place: {| city: string |}) -> async { return $"Sun in {place.city}" })

let private toolkit (vendor: VendorCase) : Toolkit<unit> = Toolkit.create (if vendor.HasTools then [ weather ] else []) |> Fake.ok

/// The model as a user has it who has set the environment's variables.
let private modelOf (vendor: VendorCase) (server: VendorServer) : Model =
    let client =
        { Client.standard with
            Environment = fun name -> vendor.Variable name |> Option.ofObj
            Transport = HttpTransport.ofClient server.Client
        }

    Model.parse vendor.ModelId |> Model.withClient client

let private expectAnswers (server: VendorServer) (vendor: VendorCase) (first: Response) (second: Response) =
    Assert.That(server.Faults, Is.Empty)
    Expect.equal Conversation.answer (Response.text first)
    Expect.equal Conversation.nextAnswer (Response.text second)
    Expect.equal (if vendor.HasTools then "1, 2, 3" else "1, 3") server.Turns
    Expect.equal (Some(9L, 4L)) (second.Usage |> Option.map (fun usage -> usage.InputTokens, usage.OutputTokens))

    Expect.equal None second.FinishReason

let private fail (server: VendorServer) (error: LlmError) = failwith $"""{LlmError.render error} {String.concat "; " server.Faults}"""

[<TestCaseSource(nameof cases)>]
let ``a conversation with a tool and a resume, whole`` (vendor: VendorCase) : Task = task {
    use server = new VendorServer(vendor)
    let model = modelOf vendor server
    let question = [ Message.user Conversation.question ]

    match! model |> ToolLoop.run 2 () (toolkit vendor) question none with
    | Ok { End = ToolLoopEnd.Answered; Response = first } ->
        let! second = { model with Tools = first.Tools } |> Model.resume first [ UserPart.Text Conversation.nextQuestion ] none

        match second with
        | Ok second -> expectAnswers server vendor first second
        | Error error -> fail server error
    | Ok run -> Assert.Fail $"%A{run.End}"
    | Error error -> fail server error
}

let private finished (server: VendorServer) (work: Task<Result<StreamResponse, LlmError>>) : Task<Response> = task {
    match! work with
    | Error error -> return fail server error
    | Ok stream ->
        use stream = stream

        match! StreamResponse.response none stream with
        | Ok response -> return response
        | Error error -> return fail server error
}

[<TestCaseSource(nameof cases)>]
let ``a conversation with a tool and a resume, streamed`` (vendor: VendorCase) : Task = task {
    use server = new VendorServer(vendor)
    let toolkit = toolkit vendor

    let model = modelOf vendor server |> Model.withTools { ToolRequest.none with Definitions = Toolkit.definitions toolkit }

    let! called = model |> Model.stream [ Message.user Conversation.question ] none |> finished server

    let! first = task {
        if vendor.HasTools then
            let! results = Toolkit.executeAll () (Response.toolCalls called) none toolkit

            match ToolResult.outputs results with
            | Ok outputs -> return! model |> Model.resumeStream called (outputs |> List.map UserPart.ToolOutput) none |> finished server
            | Error waiting -> return failwith $"%A{waiting}"
        else
            return called
    }

    let! second = model |> Model.resumeStream first [ UserPart.Text Conversation.nextQuestion ] none |> finished server
    expectAnswers server vendor first second
}

[<Test>]
let ``every prefix of the registry has a conversation here`` () =
    let tried = VendorCases.all |> List.map _.Prefix |> List.distinct
    Assert.That(List.except tried (Registry.prefixes Vendors.registry), Is.Empty)

[<Test>]
let ``a registry knows the ids of its providers before it makes them`` () =
    for prefix in Registry.prefixes Vendors.registry do
        match Registry.resolve prefix Vendors.registry with
        | Ok(struct (provider, _)) -> Assert.That(Registry.prefixesOf provider.Id Vendors.registry, Does.Contain prefix)
        | Error error -> Assert.Fail(LlmError.render error)

let private refused (vendor: VendorCase) : Task = task {
    use server = new VendorServer(vendor)
    let! result = modelOf vendor server |> Model.call [ Message.user Conversation.question ] none
    Assert.That(server.Faults, Is.Not.Empty)

    match result with
    | Error(LlmError.BadRequest _) -> ()
    | other -> Assert.Fail $"%A{other}"
}

/// The tests above would be worth nothing if the fakes took everything.
[<Test>]
let ``a fake refuses what its vendor would`` () : Task = task {
    for vendor in VendorCases.all do
        let vendor = { vendor with HasTools = false }
        do! refused { vendor with Host = "elsewhere.test" }
        do! refused { vendor with Path = "/elsewhere"; StreamPath = "/elsewhere" }

        do!
            refused
                { vendor with
                    Wire = { vendor.Wire with Faults = fun asked -> vendor.Wire.Faults { asked with Turn = 3 } }
                }

        match vendor.Credentials with
        | Credentials.Nothing -> ()
        | Credentials.Header(name, value) -> do! refused { vendor with Credentials = Credentials.Header(name, value + "x") }
        | Credentials.AwsSignature(secret, token, scope) ->
            do! refused { vendor with Credentials = Credentials.AwsSignature(secret + "x", token, scope) }
            do! refused { vendor with Credentials = Credentials.AwsSignature(secret, token + "x", scope) }
            do! refused { vendor with Credentials = Credentials.AwsSignature(secret, token, "elsewhere") }
}
