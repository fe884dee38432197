// The part of JSON Schema that Anthropic keeps to the letter, and schemas brought into it.
// Called by Tools.fs. Source: Anthropic's page on structured outputs, "JSON Schema limitations".
namespace Llm.Core

[<RequireQualifiedAccess>]
module internal AnthropicSchemas =
    let private constraints =
        set
            [
                "minimum"
                "maximum"
                "exclusiveMinimum"
                "exclusiveMaximum"
                "multipleOf"
                "minLength"
                "maxLength"
                "maxItems"
                "uniqueItems"
                "minContains"
                "maxContains"
                "minProperties"
                "maxProperties"
            ]

    let private formats = set [ "date-time"; "time"; "date"; "duration"; "email"; "hostname"; "uri"; "ipv4"; "ipv6"; "uuid" ]

    let private isRefused (keyword: string) (value: Json) : bool =
        match keyword with
        | "minItems" -> Json.text value <> "0" && Json.text value <> "1"
        | "format" -> formats |> Seq.exists (fun format -> Json.quote format = Json.text value) |> not
        | _ -> constraints.Contains keyword

    /// An object that says nothing of its properties: closed, it would be empty.
    let private hasFreeObject (schema: Json) : bool =
        let mutable found = false

        let look (members: SchemaMember list) =
            if
                SchemaRewrite.isObject members
                && (SchemaRewrite.tryFind "properties" members).IsNone
                && (SchemaRewrite.tryFind "additionalProperties" members).IsNone
            then
                found <- true

            members

        SchemaRewrite.everywhere look schema |> ignore
        found

    /// <summary>Why Anthropic cannot keep to the schema; None where it can.</summary>
    let obstacle: Json -> string option =
        SchemaRewrite.remembered (fun schema ->
            if SchemaRewrite.hasMaps schema || hasFreeObject schema then
                Some "an object in it takes properties of any name"
            else
                match SchemaSubset.inlined schema with
                | Ok _ -> None
                | Error reason -> Some reason)

    /// <summary>The schema as Anthropic keeps to it: objects are closed, and constraints that it does not enforce are said in words.</summary>
    let strict: Json -> Json =
        SchemaRewrite.remembered (SchemaRewrite.everywhere (SchemaSubset.said isRefused) >> SchemaRewrite.closed)
