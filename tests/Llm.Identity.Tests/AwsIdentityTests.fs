// Keys of AWS in Bedrock's signatures: given ones, and those of a profile's file; the server checks the signature apart from the library.
module Llm.Identity.Tests.AwsIdentityTests

open System
open System.IO
open System.Threading.Tasks
open Amazon.Runtime
open NUnit.Framework
open Llm.Core
open Llm.Fakes
open Llm.Identity

let private wanting (secret: string) (session: string) =
    Signed.vendor "bedrock/" (Credentials.AwsSignature(secret, session, "eu-central-1/bedrock/aws4_request")) [ "AWS_REGION" ]

let private session = SessionAWSCredentials("AKIASESSION", "secret-of-session", "token-of-session")

[<Test>]
let ``temporary keys sign with their token`` () : Task = task {
    let! answer = Signed.ask (wanting "secret-of-session" "token-of-session") (AwsIdentity.auth session)
    Assert.That(answer, Is.EqualTo(Result<string, LlmError>.Ok Conversation.answer))
}

/// A profile in a file that is there while the work runs.
let private withProfile (work: string -> Task<'value>) : Task<'value> = task {
    let file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"credentials-{Guid.NewGuid():N}")

    let lines =
        [
            "[work]"
            "aws_access_key_id = AKIAPROFILE"
            "aws_secret_access_key = secret-of-profile"
            "aws_session_token = token-of-profile"
        ]

    File.WriteAllLines(file, lines)

    try
        return! work file
    finally
        File.Delete file
}

[<Test>]
let ``a profile's keys sign`` () : Task = task {
    let! answer =
        withProfile (fun file -> Signed.ask (wanting "secret-of-profile" "token-of-profile") (AwsIdentity.profileIn file "work"))

    Assert.That(answer, Is.EqualTo(Result<string, LlmError>.Ok Conversation.answer))
}

[<Test>]
let ``a profile that is not there is an error that names it`` () : Task = task {
    let! answer = withProfile (fun file -> Signed.ask (wanting "" "") (AwsIdentity.profileIn file "play"))

    match answer with
    | Error(LlmError.CredentialsUnavailable("bedrock", message)) -> Assert.That(message, Does.Contain "'play'")
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``C# takes the keys as a callback`` () : Task = task {
    let! answer =
        Signed.askFromCSharp (wanting "secret-of-session" "token-of-session") _.WithAwsKeys("bedrock", AwsKeys.From session)

    Assert.That(answer, Is.EqualTo Conversation.answer)
}
