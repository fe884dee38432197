// Schemas as both of OpenAI's wire formats want them: of tools and of structured output. Called by their encoders.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal OpenAISchema =
    /// A reference must stand alone in a strict schema; what is said beside it goes around it.
    let private referAlone (members: SchemaMember list) : SchemaMember list =
        match SchemaRewrite.tryFind "$ref" members, members with
        | Some _, [ _ ]
        | None, _ -> members
        | Some _, _ when (SchemaRewrite.tryFind "$defs" members).IsSome || (SchemaRewrite.tryFind "anyOf" members).IsSome -> members
        | Some target, _ ->
            SchemaRewrite.remove [ "$ref" ] members |> SchemaRewrite.set "anyOf" (Json.trusted $"[{{\"$ref\":{Json.text target}}}]")

    /// A schema that can be kept to the letter: every object has just its own properties, and all of them.
    let exact: Json -> Json = SchemaRewrite.remembered (SchemaRewrite.exact >> SchemaRewrite.everywhere referAlone)

    let private asObject: Json -> Json =
        let name (members: SchemaMember list) =
            match SchemaRewrite.tryFind "type" members with
            | Some _ -> members
            | None -> SchemaRewrite.set "type" (Json.ofString "object") members

        SchemaRewrite.remembered (SchemaRewrite.top name)

    let private closed: Json -> Json = SchemaRewrite.remembered SchemaRewrite.closed

    /// <summary>
    /// What is sent for a tool's strictness and its schema. A tool that leaves it open gets the default, save where its schema has maps:
    /// a strict one would be refused.
    /// </summary>
    let parameters (byDefault: bool option) (tool: ToolDefinition) : struct (bool option * Json) =
        let schema = asObject tool.Parameters

        let strict =
            match tool.Strict, byDefault with
            | None, Some true -> Some(not (SchemaRewrite.hasMaps schema))
            | None, otherwise -> otherwise
            | chosen, _ -> chosen

        struct (strict, (if Option.contains true strict then exact schema else closed schema))

    let private nameCharacter (character: char) =
        if Char.IsAsciiLetterOrDigit character || character = '_' || character = '-' then character else '_'

    /// A format's name as these APIs take it: such characters as a tool's name has.
    let formatName (format: OutputFormat) : string =
        let name = String.map nameCharacter format.Name

        if name = "" then "format"
        elif name.Length > 64 then name.Substring(0, 64)
        else name

    /// The members by which a format is enforced.
    let writeFormat (format: OutputFormat) (writer: Utf8JsonWriter) : unit =
        Wire.textProperty "name" (formatName format) writer

        match format.Description with
        | Some description -> Wire.textProperty "description" description writer
        | None -> ()

        writer.WritePropertyName "schema"
        Wire.raw (exact format.Schema) writer
        writer.WriteBoolean("strict", true)

    /// The members of a function.
    let writeFunction (byDefault: bool option) (tool: ToolDefinition) (writer: Utf8JsonWriter) : unit =
        let struct (strict, schema) = parameters byDefault tool
        Wire.textProperty "name" tool.Name writer
        Wire.textProperty "description" tool.Description writer
        writer.WritePropertyName "parameters"
        Wire.raw schema writer
        writer |> Wire.optional "strict" strict (fun writer value -> writer.WriteBooleanValue value)
