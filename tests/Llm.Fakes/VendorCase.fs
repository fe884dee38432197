// A vendor as a server sees it: at which host and path it is asked, with which credentials, in which format.
namespace Llm.Fakes

open System
open System.Collections.Generic

/// What a request has to prove.
[<RequireQualifiedAccess>]
type Credentials =
    /// A header with this value.
    | Header of name: string * value: string
    /// Signature Version 4 by this secret, with this session token, for this region and service.
    | AwsSignature of secret: string * sessionToken: string * scope: string
    /// None at all.
    | Nothing

/// A vendor, and a model there.
[<NoComparison; NoEquality>]
type VendorCase =
    {
        /// The beginning of the model id.
        Prefix: string
        /// The model's name in the model id.
        Name: string
        /// The model's name as the vendor is to be sent it.
        SentName: string
        /// What the environment holds.
        Environment: (string * string) list
        /// Host and port that are to be asked.
        Host: string
        /// Path and query for a whole answer.
        Path: string
        /// Path and query for a stream.
        StreamPath: string
        Credentials: Credentials
        Wire: WireFake
        HasTools: bool
    }

    /// Such as <c>openai/gpt-5</c>.
    member this.ModelId = this.Prefix + this.Name

    /// An environment variable's value, or null.
    member this.Variable(name: string) : string | null =
        this.Environment |> List.tryFind (fun (known, _) -> known = name) |> Option.map snd |> Option.toObj

    override this.ToString() = this.ModelId
