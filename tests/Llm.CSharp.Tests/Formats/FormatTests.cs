// Answers that are values: what the provider is asked for, and how the text is read.
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Llm.Tests.Formats;

public enum Genre
{
    Fantasy,
    Crime,
}

/// <summary>A book that can be bought.</summary>
/// <param name="Title">As on the cover.</param>
public sealed record Book(string Title, int? Year = null, Genre Genre = Genre.Fantasy);

public sealed class FormatTests
{
    private const string Dune = """{"Title":"Dune","Year":1965,"Genre":"Crime"}""";

    private static readonly Book _dune = new("Dune", 1965, Genre.Crime);

    private static readonly IReadOnlyList<int> _numbers = [1, 2];

    [Test]
    public async Task In_the_strict_mode_the_provider_is_given_the_schema()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer(Dune));
        var recommend = Call.Create(Fake.Model(script), (string genre) => $"A book in {genre}.")
            .WithFormat(Format.For<Book>(FormatMode.Strict));

        Response<Book> answer = await recommend.InvokeAsync("fantasy");

        Assert.That(answer.Parse(), Is.EqualTo(_dune));
        Assert.That(script.Requests[0].Body, Does.Contain("json_schema").And.Contain("As on the cover."));
    }

    [Test]
    public async Task In_the_tool_mode_the_arguments_of_a_call_are_the_answer()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.ToolCall("1", "__llm_format_tool__", Dune));
        Model<Book> model = Fake.Model(script).WithFormat(Format.For<Book>(FormatMode.Tool));

        Response<Book> answer = await model.CallAsync("A book.");

        Assert.That(answer.Parse(), Is.EqualTo(_dune));
        Assert.That(answer.ToolCalls, Is.Empty);
        Assert.That((string?)JsonNode.Parse(script.Requests[0].Body)!["tools"]![0]!["function"]!["name"], Is.EqualTo("__llm_format_tool__"));
    }

    [Test]
    public async Task In_the_JSON_mode_the_schema_stands_in_the_instructions_unless_there_are_others()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer($"Here it is:\n```json\n{Dune}\n```"), Fake.Answer(Dune));
        Model model = Fake.Model(script);

        Response<Book> answer = await model.WithFormat(Format.For<Book>(FormatMode.Json)).CallAsync("A book.");
        await model.WithFormat(Format.For<Book>(FormatMode.Json, "Answer as a librarian.")).CallAsync("A book.");

        Assert.That(answer.Parse(), Is.EqualTo(_dune));
        Assert.That(script.Requests[0].Body, Does.Contain("matches this exact schema"));
        Assert.That(script.Requests[1].Body, Does.Contain("Answer as a librarian.").And.Not.Contain("exact schema"));
    }

    [Test]
    public async Task An_answer_that_is_no_value_says_why_and_may_be_asked_for_again()
    {
        ScriptedTransport script = LlmTransport.Scripted(
            Fake.Answer("I know none."),
            Fake.Answer("""{"Year":1965}"""),
            Fake.Answer(Dune));
        Response<Book> answer = await Fake.Model(script).WithFormat(Format.For<Book>(FormatMode.Strict)).CallAsync("A book.");

        var none = answer.TryParse().Error as ParseException;
        answer = await answer.ResumeAsync(none!.RetryMessage);
        var wrong = Assert.Throws<ParseException>(() => answer.Parse());
        answer = await answer.ResumeAsync(wrong!.RetryMessage);

        Assert.That(none.Text, Is.EqualTo("I know none."));
        Assert.That(none.RetryMessage, Does.Contain("no valid JSON object"));
        Assert.That(wrong.Message, Does.Contain("Title"));
        Assert.That(answer.TryParse().IsSuccess, Is.True);
        Assert.That(script.Requests.Select(request => request.Body), Is.All.Contains("json_schema"));
    }

    [Test]
    public void What_is_no_object_is_carried_by_one()
    {
        Assert.That(Format.For<List<string>>().Parse("""{"output":["a","b"]}"""), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(Format.For<int>().Parse("""{"output":3}"""), Is.EqualTo(3));
        Assert.That(Format.For<Genre>().Parse("""{"output":"Crime"}"""), Is.EqualTo(Genre.Crime));
        Assert.That(Format.For<IReadOnlyList<int>>().Parse("""{"output":[1,2]}"""), Is.EqualTo(_numbers));
    }

    [Test]
    public async Task A_parser_reads_text_in_its_own_way()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("1,2"), Fake.Answer("one"));
        Model<int[]> model = Fake.Model(script).WithFormat(
            Format.Parser("csv", "Answer with numbers and commas.", text => text.Split(',').Select(int.Parse).ToArray()));

        int[] numbers = (await model.CallAsync("Count.")).Parse();
        Result<int[]> refused = (await model.CallAsync("Count.")).TryParse();

        Assert.That(numbers, Is.EqualTo(_numbers));
        Assert.That(refused.Error, Is.InstanceOf<ParseException>());
        Assert.That(script.Requests[0].Body, Does.Contain("Answer with numbers and commas."));
        Assert.That(model.Format.Mode, Is.EqualTo(FormatMode.Parser));
    }

    [Test]
    public void A_type_that_is_no_JSON_has_no_format() =>
        Assert.That(() => Format.For<Func<int>>(), Throws.InstanceOf<NotSupportedException>());

    [Test]
    public async Task Tools_come_before_the_value()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.ToolCall("1", "year", """{"title":"Dune"}"""), Fake.Answer(Dune));
        var call = Call.Create(Fake.Model(script), (string text) => text)
            .WithFormat(Format.For<Book>(FormatMode.Strict))
            .WithTools(Tool.Create((string title) => title.Length, "year"));

        Response<Book> answer = await call.InvokeAsync("A book.");

        while (answer.ToolCalls.Count > 0)
            answer = await answer.ResumeAsync(await answer.ExecuteToolsAsync());

        Assert.That(answer.Parse(), Is.EqualTo(_dune));
        Assert.That(script.Requests[1].Body, Does.Contain("json_schema").And.Contain("\"year\""));
    }

    [Test]
    public async Task The_format_stays_with_another_model_and_comes_of_a_stream_too()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer(Dune), Fake.Stream(Dune[..9], Dune[9..]));
        Format<Book> format = Format.For<Book>(FormatMode.Strict);
        var call = Call.Create(Fake.Model(script), (string text) => text).WithFormat(format);

        Response<Book> other = await call.WithModel(new Model("fake/small", client: Fake.Client(script))).InvokeAsync("A book.");
        await using StreamResponse stream = call.Stream("A book.");

        Assert.That(other.Parse(), Is.EqualTo(_dune));
        Assert.That((await stream.FinishAsync()).WithFormat(format).Parse(), Is.EqualTo(_dune));
        Assert.That(script.Requests.Select(request => request.Body), Is.All.Contains("json_schema"));
    }

    [Test]
    public async Task A_refused_call_is_an_error_as_a_value()
    {
        Model<Book> model = Fake.Model(ScriptedAnswer.Refusal(401, "{}")).WithFormat<Book>();

        Assert.That((await model.TryCallAsync("A book.")).Error, Is.InstanceOf<AuthenticationException>());
    }
}
