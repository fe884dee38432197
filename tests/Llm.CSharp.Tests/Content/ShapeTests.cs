// Types of C# have the shapes that the same types of F# have.
using System.Text.Json.Serialization;
using Llm.Core;
using NUnit.Framework;

namespace Llm.Tests.Content;

public sealed class ShapeTests
{
    public enum Effort
    {
        Light,
        Heavy,
    }

    /// The record of F# in ShapeSamples.fs, in the ways of C#.
    public sealed record Positional(string Name, int? Born);

    public sealed class Author
    {
        public required string Name { get; init; }

        public int? Born { get; init; }
    }

    public sealed record Book(
        [property: System.ComponentModel.Description("As on the cover")][property: JsonPropertyName("title")] string Title,
        string? Subtitle,
        List<string?> Tags,
        IReadOnlyDictionary<string, int> Ratings,
        Effort[] Efforts,
        int Copies = 3)
    {
        public string Note { get; init; } = "none";

        public Author? Writer { get; init; }

        [JsonIgnore]
        public int Hidden { get; init; }

        public int Computed => Copies + 1;
    }

    private static Shape ShapeOf<T>()
    {
        var result = Shapes.tryOf(typeof(T));
        Assert.That(result.IsOk, Is.True);
        return result.ResultValue;
    }

    private const string AuthorSchema =
        """{"type":"object","properties":{"Name":{"type":"string"},"Born":{"anyOf":[{"type":"integer"},{"type":"null"}]}},"required":["Name"],"additionalProperties":false}""";

    [Test]
    public void A_record_and_a_class_have_the_schema_of_the_record_of_FSharp()
    {
        Assert.That(ShapeOf<Positional>().Schema.ToString(), Is.EqualTo(AuthorSchema));
        Assert.That(ShapeOf<Author>().Schema.ToString(), Is.EqualTo(AuthorSchema));
    }

    [Test]
    public void Annotations_defaults_and_attributes_are_kept()
    {
        Assert.That(
            ShapeOf<Book>().Schema.ToString(),
            Is.EqualTo(
                """{"type":"object","properties":{"title":{"description":"As on the cover","type":"string"},"Subtitle":{"anyOf":[{"type":"string"},{"type":"null"}]},"Tags":{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"null"}]}},"Ratings":{"type":"object","additionalProperties":{"type":"integer"}},"Efforts":{"type":"array","items":{"type":"string","enum":["Light","Heavy"]}},"Copies":{"type":"integer","default":3},"Note":{"type":"string","default":"none"},"Writer":{"anyOf":[{"type":"object","properties":{"Name":{"type":"string"},"Born":{"anyOf":[{"type":"integer"},{"type":"null"}]}},"required":["Name"],"additionalProperties":false},{"type":"null"}]}},"required":["title","Tags","Ratings","Efforts"],"additionalProperties":false}"""));
    }

    [Test]
    public void A_value_comes_back_as_it_was()
    {
        var shape = ShapeOf<Book>();
        var json = JsonModule.tryParse("""{"title":"Dune","Tags":["a",null],"Ratings":{"x":"5"},"Efforts":["heavy"],"Writer":{"Name":"Frank"}}""").ResultValue;
        var book = (Book)ShapeModule.decode(json, shape).ResultValue;
        Assert.That(book.Copies, Is.EqualTo(3));
        Assert.That(book.Note, Is.EqualTo("none"));
        Assert.That(book.Subtitle, Is.Null);
        Assert.That(book.Tags, Is.EqualTo(new[] { "a", null }));
        Assert.That(book.Efforts, Is.EqualTo(new[] { Effort.Heavy }));
        Assert.That(book.Writer!.Name, Is.EqualTo("Frank"));

        var encoded = ShapeModule.encode(book, shape);
        Assert.That(
            encoded.ToString(),
            Is.EqualTo(
                """{"title":"Dune","Tags":["a",null],"Ratings":{"x":5},"Efforts":["Heavy"],"Copies":3,"Note":"none","Writer":{"Name":"Frank"}}"""));
        var again = (Book)ShapeModule.decode(encoded, shape).ResultValue;
        Assert.That(ShapeModule.encode(again, shape), Is.EqualTo(encoded));
    }
}
