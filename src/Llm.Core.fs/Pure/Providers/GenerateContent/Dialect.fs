// To be written.
namespace Llm.Core

module internal GenerateContentDialectStub =
    let private unused = ()
