// Answers that are checked, and asked for again with what is wrong, after the fact and after a stream.
using NUnit.Framework;

namespace Llm.Tests.Formats;

public sealed class ValidateTests
{
    private const string Dune = """{"Title":"Dune","Year":1965,"Genre":"Crime"}""";

    [Test]
    public async Task An_answer_that_fits_is_not_asked_for_again()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer(Dune));
        Response<Book> answer = await Fake.Model(script).WithFormat<Book>().CallAsync("A book.");

        Book book = await answer.ValidateAsync();

        Assert.That(book.Title, Is.EqualTo("Dune"));
        Assert.That(script.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_model_is_told_what_is_wrong_and_every_answer_stays_within_reach()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("None."), Fake.Answer("""{"Year":1}"""), Fake.Answer(Dune));
        Response<Book> answer = await Fake.Model(script).WithFormat<Book>().CallAsync("A book.");

        Validated<Book> validated = await answer.ValidateAsync(retries: 2);

        Assert.That(validated.Value.Year, Is.EqualTo(1965));
        Assert.That(validated.Responses.Select(response => response.Text), Is.EqualTo(new[] { "None.", """{"Year":1}""", Dune }));
        Assert.That(validated.Usage, Is.EqualTo(new Usage { InputTokens = 9, OutputTokens = 6 }));
        Assert.That(validated.Response.Messages, Has.Count.EqualTo(6));
        Assert.That(script.Requests[1].Body, Does.Contain("no valid JSON object"));
        Assert.That(script.Requests[2].Body, Does.Contain("$.Title"));
    }

    [Test]
    public async Task What_never_fits_is_thrown_with_every_answer()
    {
        Model<Book> model = Fake.Model(Fake.Answer("a"), Fake.Answer("b")).WithFormat<Book>();
        Response<Book> answer = await model.CallAsync("A book.");

        ParseException? problem = Assert.ThrowsAsync<ParseException>(() => answer.ValidateAsync(retries: 1));

        Assert.That(problem!.Responses.Select(response => response.Text), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(problem.Text, Is.EqualTo("b"));
        Assert.That(() => answer.ValidateAsync(retries: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public async Task A_call_that_fails_meanwhile_keeps_what_came_before()
    {
        Model<Book> model = Fake.Model(Fake.Answer("a"), ScriptedAnswer.Refusal(429, "{}")).WithFormat<Book>();
        Response<Book> answer = await model.CallAsync("A book.");

        Result<Validated<Book>> result = await answer.TryValidateAsync();

        Assert.That(result.Error, Is.InstanceOf<RateLimitException>());
        Assert.That(result.Error!.Responses.Single().Text, Is.EqualTo("a"));
    }

    [Test]
    public async Task A_stream_is_checked_at_its_end()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Stream("{\"Ye", "ar\":3}"), Fake.Answer(Dune));
        await using StreamResponse<Book> stream = Fake.Model(script).WithFormat<Book>().Stream("A book.");

        Validated<Book> validated = await stream.ValidateAsync();

        Assert.That(validated.Value.Title, Is.EqualTo("Dune"));
        Assert.That(validated.Responses, Has.Count.EqualTo(2));
    }
}
