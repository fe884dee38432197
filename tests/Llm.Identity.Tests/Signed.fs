// Calls of a vendor that a server on this machine stands for, signed by an identity: from F# and through the C# facade.
module Llm.Identity.Tests.Signed

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.Fakes

/// The vendor of a prefix, that wants these credentials; the environment holds no key.
let vendor (prefix: string) (credentials: Credentials) (variables: string list) : VendorCase =
    let case = VendorCases.all |> List.find (fun case -> case.Prefix = prefix)

    { case with
        Credentials = credentials
        HasTools = false
        Environment = case.Environment |> List.filter (fun (name, _) -> List.contains name variables)
    }

/// Asks once from F#.
let ask (vendor: VendorCase) (auth: Auth) : Task<Result<string, LlmError>> = task {
    use server = new VendorServer(vendor)

    let client =
        { Client.standard with
            Environment = fun name -> vendor.Variable name |> Option.ofObj
            Transport = HttpTransport.ofClient server.Client
        }
        |> Client.withAuth vendor.Prefix auth

    let! result =
        Model.parse vendor.ModelId
        |> Model.withClient client
        |> Model.call [ Message.user Conversation.question ] CancellationToken.None

    Assert.That(server.Faults, Is.Empty)
    return result |> Result.map Response.text
}

/// Asks once through the facade of C#, with a client that a test completes.
let askFromCSharp (vendor: VendorCase) (complete: Llm.LlmClient -> Llm.LlmClient) : Task<string> = task {
    use server = new VendorServer(vendor)

    let client =
        Llm.LlmClient(Transport = Llm.LlmTransport.FromHttpClient server.Client, Environment = Func<_, _>(fun name -> vendor.Variable name))

    let model = Llm.Model(vendor.ModelId, null, complete client)
    let! (response: Llm.Response) = model.CallAsync(Conversation.question, CancellationToken.None)
    Assert.That(server.Faults, Is.Empty)
    return response.Text
}
